// What intervals cost: 10,000 draws of every figure of a hundred sources' rows, beside the same run without: node drawn.mjs AILCA ROUNDS. The inventory is
// deployments.parquet.
import { ailca, figures, medians } from './measure.mjs';

const [program, rounds] = process.argv.slice(2);
const runs = { without: [], drawn: [] };
for (let round = 0; round < rounds; round++) {
  runs.without.push(ailca(program, 'drawn', '--draws', '0'));
  runs.drawn.push(ailca(program, 'drawn'));
}
const without = medians(runs.without), drawn = medians(runs.drawn);
console.log(`10,000 draws: ${figures(drawn)}; without: ${figures(without)}; ratio: wall ${(drawn.wall / without.wall).toFixed(1)}, processor ${(drawn.processor / without.processor).toFixed(1)}`);
console.log(`    steps: ${runs.drawn.at(-1).steps.map((s) => `${s.name} ${s.seconds.toFixed(2)} s`).join(', ')}`);
