// How time and memory of ailca grow with the rows, interleaved: node grow.mjs AILCA ROUNDS ROWS.... The inventories are ROWS.parquet. Time should
// be linear within a tenth: a row more costs the same at every size. Peak memory should stay within a fifth.
import { ailca, figures, medians, use } from './measure.mjs';

const [program, rounds, ...sizes] = process.argv.slice(2);
const rows = sizes.map(Number).toSorted((a, b) => a - b);
for (const study of ['observatory', 'plain']) {
  const runs = rows.map(() => []);
  for (let round = 0; round < rounds; round++) {
    rows.forEach((n, i) => {
      use(`${n}.parquet`);
      runs[i].push(ailca(program, study));
    });
  }
  const all = runs.map(medians);
  const slopes = { wall: [], processor: [] };
  all.forEach((m, i) => {
    let more = '';
    for (const figure of i > 0 ? Object.keys(slopes) : []) {
      const slope = (m[figure] - all[i - 1][figure]) / (rows[i] - rows[i - 1]);
      slopes[figure].push(slope);
      more += `, ${figure} ${(slope * 1e9).toFixed(1)} ns for each row more`;
    }
    console.log(`${study} ${rows[i]} rows: ${figures(m)}${more}`);
  });
  const spread = (values) => (Math.max(...values) / Math.min(...values)).toFixed(2);
  const grown = Object.entries(slopes).filter(([, s]) => s.length > 1).map(([figure, s]) => `${figure} for each row more ${spread(s)} (goal 1.10)`);
  console.log(`${study}, largest over smallest: ${[...grown, `peak ${spread(all.map((m) => m.peak))} (goal 1.20)`].join(', ')}`);
}
