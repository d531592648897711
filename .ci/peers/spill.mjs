// A million groups in little memory: node spill.mjs AILCA. The same bytes as with all the memory there is, or it fails.
import { spawnSync } from 'node:child_process';
import { ailca, digest, figures } from './measure.mjs';

const [program] = process.argv.slice(2);
if (!spawnSync(program, ['run', '--help'], { encoding: 'utf8' }).stdout.includes('--memory ')) {
  console.log('a million groups: skipped, as "ailca run" has no --memory yet');
  process.exit(0);
}
const tables = ['impacts', 'ledger', 'intensities'];
const digests = () => tables.map((table) => digest('many', table)).join();
const free = ailca(program, 'many'), before = digests();
const bounded = ailca(program, 'many', '--memory', '1GiB'), same = digests() === before;
console.log(`a million groups: ${figures(free)}; with --memory 1GiB ${figures(bounded)}; ${same ? 'the same bytes' : 'OTHER BYTES'}; peak ${(bounded.peak / (1 << 20)).toFixed(2)} of the bound`);
process.exit(same ? 0 : 1);
