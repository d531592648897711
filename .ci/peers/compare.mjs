// Compares ailca with DuckDB over several forms of one inventory, interleaved: node compare.mjs AILCA ROUNDS FORM.parquet.... Fails where a row of the
// results differs by more than 1e-9, where one of the two lacks it, or where two forms of the inventory give other bytes.
import { ailca, digest, duckdb, figures, medians, use } from './measure.mjs';

const [program, rounds, ...forms] = process.argv.slice(2);
// What ailca should stay below, as a share of DuckDB's figure.
const goals = { observatory: { wall: 1 / 3, processor: 1 / 3, peak: 1 }, plain: { wall: 0.4, processor: 0.4, peak: 1 } };
const ratios = (mine, theirs) => ['wall', 'processor', 'peak'].map((f) => `${f} ${(mine[f] / theirs[f]).toFixed(2)}`).join(', ');

const runs = new Map(), digests = {};
let wrong = 0;
for (let round = 1; round <= rounds; round++) {
  for (const study of Object.keys(goals)) {
    for (const form of forms) {
      use(form);
      // Who comes first changes with the round, once there is a result to compare with.
      const early = round % 2 === 0 ? duckdb(study) : null;
      const mine = ailca(program, study), theirs = early ?? duckdb(study);
      const key = `${study} ${form.replace('.parquet', '')}`;
      if (!runs.has(key)) runs.set(key, { study, mine: [], theirs: [] });
      runs.get(key).mine.push(mine);
      runs.get(key).theirs.push(theirs);
      console.log(`${round} ${key}: ailca ${figures(mine)}; DuckDB ${figures(theirs)}, of which ${theirs.base >> 10} MiB before the query; ratio: ${ratios(mine, theirs)}`);
      console.log(`    ailca's steps: ${mine.steps.map((s) => `${s.name} ${s.seconds.toFixed(2)} s`).join(', ')}; ${theirs.compared} rows compared, ${theirs.unmatched} unmatched, largest relative difference ${theirs.off}`);
      digests[study] ??= digest(study);
      if (theirs.unmatched !== 0 || !(theirs.off <= 1e-9) || theirs.compared === 0 || digests[study] !== digest(study)) {
        console.log('    the results differ');
        wrong = 1;
      }
    }
  }
}
console.log('medians');
for (const [key, { study, mine, theirs }] of runs) {
  const m = medians(mine), t = medians(theirs);
  const missed = Object.entries(goals[study]).filter(([f, share]) => m[f] > share * t[f]).map(([f, share]) => `${f} (${share.toFixed(2)})`);
  console.log(`  ${key}: ailca ${figures(m)}; DuckDB ${figures(t)}; ratio: ${ratios(m, t)}; ${missed.length ? `above the goal: ${missed.join(', ')}` : 'within the goal'}`);
}
process.exit(wrong);
