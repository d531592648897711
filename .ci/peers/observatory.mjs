// Computes observatory@1.0.0 on deployments by DuckDB: every category, accounting and stage of every model, region and year, by quality class;
// times it, and compares each row with ailca's: node observatory.mjs INVENTORY IMPACTS.parquet. The pack's factors stand in *.csv as "ailca factors
// show" prints them, the catalogue in open/hardware.parquet. Prints one line of JSON.
//
// The SQL is the cheapest of these shapes. Processor seconds for reading and grouping 20 million rows with two threads, the least of two to five
// rounds of one process on a machine in use, where half a second is noise:
//  4.6 this one: facility energy and class of each row, then a group for each region, year and model, with a filtered sum for each class (50,000 groups);
//  4.7 class and device are part of the group (400,000 groups); 5.0 the class is (200,000 groups): more rows are left for the joins after it;
//  5.3 to 5.8 as the last and the first, with classes as numbers and CASE over several columns in place of unary codes;
//  5.9 regions and models are turned into numbers by a join first; 6.3 by enumerations;
//  8.6 every impact of each row, then groups;
// 10.1 groups by every column of few values, then the arithmetic (4.8 million groups, 2 GiB).
// Reading the same columns takes 1.6.
import { compare, connect, rows, timed } from './duck.mjs';

const [inventory, impacts] = process.argv.slice(2);
const connection = await connect();

// The method's parameters, and the devices of the inventory.
const node_per_device = 1.42, it_per_node = 1.125, pue = 1.269, wue = 0.468 / 1000, load = 0.857, lifetime = 4 * 8760;
const ids = ['nvidia-h100-sxm5-80gb', 'nvidia-a100-sxm4-40gb'];

// A class is one of measured, reported, modelled, defaulted. In unary code, 0, 1, 3 and 7, the worst of several is their bitwise or.
const classes = { measured: 0, reported: 1, modelled: 3, defaulted: 7 };
const number = (x) => `${x}::DOUBLE`, bits = (x) => `${x}::UTINYINT`;
// word chooses by a column's words: DuckDB evaluates it once a word of a page's dictionary, as only one column stands in it.
const word = (type, column, choices, other) =>
  `case ${column} ${Object.entries(choices).map(([w, x]) => `when '${w}' then ${type(x)}`).join(' ')} else ${type(other)} end`;
// together adds what there is; nothing where there is nothing.
const together = (...terms) => (terms.length < 2 ? terms[0] ?? 'null::DOUBLE' : `list_sum([${terms.join(', ')}])`);

// The pack's values, each with its class, by region and year: the exact year, else the nearest.
const unary = word(bits, 'quality', classes, 7);
await connection.run(`create table grid as with wanted as (
    select category, region, year, arg_min({value: value * if(unit = 'L/kWh', 0.001, 1), class: ${unary}}, greatest(valid_from - year, year - valid_to, 0)) as found
    from read_csv('electricity.csv'), range(2020, 2025) y(year) group by all), losses as (
    select region, year, arg_min({value: value, class: ${unary}}, greatest(valid_from - year, year - valid_to, 0)) as found
    from read_csv('grid_losses.csv'), range(2020, 2025) y(year) group by all)
  select category, region, year, wanted.found.value * losses.found.value as value, wanted.found.class | losses.found.class as class
  from wanted join losses using (region, year)`);
const treatment = Object.fromEntries((await rows(connection, `select category, value from read_csv('end_of_life.csv')`)).map((r) => [r.category, r.value]));
const devices = await rows(connection, `select hardware_id as id, rated_power / 1000 as power, mass, host.value / devices_per_server as host,
    (select map(list(category), list(value)) from read_csv('embodied.csv') where technology = hardware_id)::JSON::VARCHAR as embodied,
    (select map(list(category), list(value)) from read_csv('transport.csv') where technology = hardware_id)::JSON::VARCHAR as transport
  from 'open/hardware.parquet' left join (select technology, value from read_csv('embodied.csv') where category = 'climate_change') host on host.technology = host_id
  where hardware_id in ('${ids.join("','")}') order by hardware_id`);
for (const d of devices) Object.assign(d, { embodied: JSON.parse(d.embodied), transport: JSON.parse(d.transport) });
const powers = Object.fromEntries(devices.map((d) => [d.id, d.power]));

// From rows to sums: facility energy by class, energy of IT equipment, hours by device.
const sums = `select region, year, model_id,
    ${Object.entries(classes).map(([name, c]) => `sum(facility) filter (class = ${c}) as ${name}`)},
    sum(facility / pue) as it, ${devices.map((d, i) => `sum(device_hours) filter (hardware_id = '${d.id}') as hours${i}`)}
  from (select region, year, model_id, hardware_id, device_hours, pue, class, energy * case when whole then 1::DOUBLE else pue end as facility
    from (select region, year, model_id, hardware_id, device_hours, coalesce(pue, ${number(pue)}) as pue, energy_boundary is not distinct from 'facility' as whole,
      coalesce(energy * ${word(number, 'energy_boundary', { node: it_per_node, device: node_per_device * it_per_node }, 1)},
        device_hours * ${word(number, 'hardware_id', powers, 'null')} * ${number(load * node_per_device * it_per_node)}) as energy,
      ${word(bits, 'quality', classes, 7)} | ${word(bits, 'energy_boundary', { it: 0, facility: 0 }, 3)}
        | case when energy is null then ${bits(3)} else ${word(bits, 'energy_basis', { metered: 0, declared: 1 }, 3)} end
        | case when pue is null then ${word(bits, 'energy_boundary', { facility: 0 }, 7)} else ${bits(0)} end as class
      from '${inventory}'))
  group by all`;

// From sums to impacts. What is spread over service life is of the class of its default. Electricity is of the worse class of energy and factor.
const perDevice = (of) => together(...devices.flatMap((d, i) => (of(d) == null ? [] : [`hours${i} * ${number(of(d) / lifetime)}`])));
const impact = (stage, category, quality, value) => `{stage: '${stage}', category: '${category}', quality: '${quality}', value: ${value}}`;
const list = [
  ...Object.keys(classes).map((c) => impact('inference', 'final_energy', c, c)),
  ...Object.keys(treatment).flatMap((category) => [
    impact('manufacturing', category, 'defaulted', perDevice((d) => (category === 'climate_change' ? d.embodied[category] + d.host : d.embodied[category]))),
    impact('transport', category, 'defaulted', perDevice((d) => d.transport[category])),
    impact('end_of_life', category, 'defaulted', perDevice((d) => d.mass && d.mass * treatment[category]))])];
const electricity = Object.entries(classes).map(([name, c], i, all) => {
  const better = all.slice(0, i + 1).map(([other]) => other);
  const energy = `case when class < ${c} then ${name} when class = ${c} then ${together(...better)} end * grid.value`;
  return `{quality: '${name}', value: ${name === 'defaulted' ? together(energy, `case when category = 'water_consumption' then it * ${number(wue)} end`) : energy}}`;
});
// Nothing in the file is contracted: what the market's accounting says of electricity is what the location's says.
const spent = await timed(connection, `create table result as with sums as materialized (${sums})
  select region, year, model_id as model, stage, category, quality, accounting, value from (
    select region, year, model_id, unnest([${list}], recursive := true) from sums
    union all select region, year, model_id, 'inference', category, unnest([${electricity}], recursive := true) from sums join grid using (region, year)),
    (values ('location'), ('market')) a(accounting) where value is not null`);
const found = await compare(connection, 'year, stage, category, accounting, model, region, quality',
  `select year, stage, category, accounting, model, region, quality, value from '${impacts}'`);
console.log(JSON.stringify({ ...spent, ...found }));
