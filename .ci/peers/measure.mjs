// What the comparisons share that run programs: each by itself, timed from outside, with the same inventory under the studies' name for it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';

// use makes a file the inventory of the studies.
export function use(file) {
  rmSync('deployments.parquet', { force: true });
  symlinkSync(file, 'deployments.parquet');
}

function run(command, args) {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.error || done.status !== 0) throw new Error(`${[command, ...args].join(' ')}\n${done.error ?? done.stderr}`);
  return done.stdout;
}

// ailca runs a study with two workers: wall and processor seconds, peak memory in KiB, and the run's own steps.
export function ailca(program, study, ...flags) {
  run('/usr/bin/time', ['-o', 'time.txt', '-f', '%e %U %S %M', program, 'run', `${study}.yaml`, '--quiet', '--jobs', '2', '--out', 'out', ...flags]);
  const [wall, user, system, peak] = readFileSync('time.txt', 'utf8').split(' ').map(Number);
  return { wall, processor: user + system, peak, steps: JSON.parse(readFileSync(`out/${study}/timings.json`)).steps };
}

// duckdb computes the same study, and compares its rows with those that ailca wrote last.
export function duckdb(study) {
  return JSON.parse(run(process.execPath, [`${study}.mjs`, 'deployments.parquet', `out/${study}/impacts.parquet`]));
}

// digest is that of a table which ailca wrote last.
export const digest = (study, table = 'impacts') => createHash('sha256').update(readFileSync(`out/${study}/${table}.parquet`)).digest('hex');

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// medians are taken of each figure by itself.
export const medians = (runs) => Object.fromEntries(['wall', 'processor', 'peak'].map((figure) => [figure, median(runs.map((r) => r[figure]))]));

export const figures = (m) => `${m.wall.toFixed(2)} s, processor ${m.processor.toFixed(2)} s, ${Math.round(m.peak / 1024)} MiB`;
