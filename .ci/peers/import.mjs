// A request log for .ci/bench-import: generate ROWS FILE, copy CSV PARQUET, compare AILCA DUCKDB.
import { DuckDBInstance } from '@duckdb/node-api';

const [what, a, b] = process.argv.slice(2);
const db = await (await DuckDBInstance.create(':memory:')).connect();
await db.run('SET threads = 2');
switch (what) {
	case 'generate':
		await db.run(`COPY (SELECT strftime(TIMESTAMP '2024-01-01' + to_milliseconds(i * 3153), '%Y-%m-%d %H:%M:%S.%g') AS timestamp,
			'org/model-' || [1, 3, 8, 70, 405][(1 + hash(i) % 5)::BIGINT]::VARCHAR || 'b-instruct' AS model,
			['USA', 'FRA', 'DEU', 'IRL', 'SWE'][(1 + hash(i, 1) % 5)::BIGINT] AS region,
			['nvidia-h100-sxm5-80gb', 'nvidia-a100-sxm4-80gb'][(1 + hash(i, 2) % 2)::BIGINT] AS gpu,
			1 + hash(i, 3) % 4000 AS prompt_tokens, 1 + hash(i, 4) % 1500 AS completion_tokens,
			round(hash(i, 5) % 30000 / 1000.0, 3) AS latency_s, round(hash(i, 6) % 300000 / 100000.0, 5) AS energy_wh
			FROM range(${Number(a)}) t(i)) TO '${b}' (HEADER)`);
		break;
	case 'copy':
		await db.run(`COPY (SELECT * FROM read_csv('${a}')) TO '${b}' (FORMAT parquet)`);
		break;
	case 'compare': {
		const ours = `SELECT count(*) n, sum(input_tokens) i, sum(output_tokens) o, sum(latency) l, sum(energy) * 1000 e, count(DISTINCT model_id) m, count(DISTINCT started) d FROM '${a}'`;
		const theirs = `SELECT count(*) n, sum(prompt_tokens) i, sum(completion_tokens) o, sum(latency_s) l, sum(energy_wh) e, count(DISTINCT model) m, count(DISTINCT timestamp::DATE) d FROM '${b}'`;
		const [x, y] = await Promise.all([ours, theirs].map(async (q) => (await db.runAndReadAll(q)).getRowObjects()[0]));
		for (const k of Object.keys(x)) {
			const [p, q] = [Number(x[k]), Number(y[k])];
			if (Math.abs(p - q) > 1e-9 * Math.abs(q)) {
				console.error(`the files differ in ${k}: ${p}, ${q}`);
				process.exit(1);
			}
		}
		console.log(`both hold ${x.n} rows with the same sums`);
	}
}
