// Writes the files of this folder by other implementations: node generate.mjs, with @duckdb/node-api and nodejs-polars installed. Every value
// follows from the row's number i; others_test.go has the same formulas.
import { DuckDBInstance } from '@duckdb/node-api';
import pl from 'nodejs-polars';

const columns = `
  'run-' || i as id,
  case when i % 17 = 16 then null else ['FRA', 'USA', '', 'Îles Åland', 'CHN'][1 + i % 5] end as region,
  'volume' as scope,
  case when i % 7 = 6 then null else i * 0.25::DOUBLE - 7 end as energy,
  (i % 40)::DOUBLE as tokens,
  (i * 0.5)::FLOAT as share,
  case when i % 5 = 4 then null else (i - 200)::INTEGER end as change,
  (i * 1000003)::BIGINT as bytes,
  (4294967295 - i)::UINTEGER as serial,
  case when i % 13 = 12 then null else i % 3 = 0 end as metered,
  case when i % 11 = 10 then null else date '2020-01-01' + i::INTEGER end as started,
  case when i < 200 then null else i::DOUBLE end as late,
  null::DOUBLE as never`;
const more = `, ((i - 300) * 0.01)::DECIMAL(9,2) as price, (i - 300)::BIGINT::DECIMAL(18,0)::DECIMAL(18,3) as mass, timestamp '2020-01-01' + to_seconds(i * 3601) as at`;

const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
const copy = (file, what, options) => connection.run(`copy (select ${what} from range(350) t(i)) to '${file}' (format parquet, ${options})`);
const all = columns + more;
await copy('duckdb-v1-snappy.parquet', all, 'compression snappy');
await copy('duckdb-v1-plain.parquet', all, 'compression zstd, dictionary_size_limit 1');
await copy('duckdb-v2-zstd.parquet', all, 'compression zstd, parquet_version v2');
await copy('duckdb-v2-plain.parquet', all, 'compression gzip, parquet_version v2, dictionary_size_limit 1');
await copy('duckdb-v2-uncompressed.parquet', `'run-' || i as id, case when i % 7 = 6 then null else i * 0.25::DOUBLE - 7 end as energy, (i * 0.5)::FLOAT as share`,
  'compression uncompressed, parquet_version v2, dictionary_size_limit 1');

const rows = await connection.runAndReadAll(`select ${columns} from range(350) t(i)`);
const data = rows.getColumnsObjectJson();
const types = { id: pl.Utf8, region: pl.Utf8, scope: pl.Utf8, energy: pl.Float64, tokens: pl.Float64, share: pl.Float32, change: pl.Int32,
  bytes: pl.Float64, serial: pl.UInt32, metered: pl.Bool, late: pl.Float64, never: pl.Float64 };
const series = Object.entries(types).map(([name, type]) =>
  pl.Series(name, data[name].map((v) => (v === null ? null : name === 'bytes' ? Number(v) : v)), type));
const frame = pl.DataFrame(series).withColumns(pl.col('bytes').cast(pl.Int64));
frame.writeParquet('polars-snappy.parquet', { compression: 'snappy' });
frame.writeParquet('polars-zstd.parquet', { compression: 'zstd' });
