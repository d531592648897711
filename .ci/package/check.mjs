// Checks a data package with what others wrote: node check.mjs FOLDER. datapackage reads datapackage.json against the JSON Schemas of the Data Package
// (version 1) and casts every row of every CSV file, keys and references included; ro-crate reads the RO-Crate metadata; cffjs knows the schema of
// CITATION.cff. A folder without RO-Crate metadata, as that of a report, is checked for the rest. It ends in 1 where one of them finds something.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { validateCFFFile } from 'cffjs'

const require = createRequire(import.meta.url)
// The context of the crate's version comes with the checker: nothing is fetched.
const context = require('ro-crate/lib/context.json')
globalThis.fetch = async (url) => ({ ok: url === context['@id'], statusText: 'not bundled', json: async () => context })
const datapackage = require('datapackage')
const rocrate = require('ro-crate')

const folder = process.argv[2]
const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))
let wrong = 0
const found = (what) => { wrong++; console.error(`check: ${what}`) }

// The descriptor as it is, and that of its CSV files alone under the stricter profile of tables.
const descriptor = read('datapackage.json')
const csv = descriptor.resources.filter((r) => r.format === 'csv')
const tabular = { ...descriptor, profile: 'tabular-data-package', resources: csv }
for (const [name, d] of [['data-package', descriptor], ['tabular-data-package', tabular]]) {
  const { valid, errors } = await datapackage.validate(d)
  if (!valid) errors.forEach((e) => found(`datapackage.json, profile ${name}: ${e.message}`))
}

// Every row.
let rows = 0
const pkg = await datapackage.Package.load(tabular, { basePath: folder, strict: true })
for (const resource of pkg.resources) {
  try {
    const got = await resource.read({ keyed: true, relations: true })
    rows += got.length
    if (got.length !== resource.descriptor.rows) found(`${resource.name}: ${got.length} rows, the descriptor says ${resource.descriptor.rows}`)
  } catch (e) {
    found(`${resource.name}: ${[e, ...(e.errors ?? [])].map((x) => x.message).join('; ')}`)
  }
}

// The crate.
if (fs.existsSync(path.join(folder, 'ro-crate-metadata.json'))) {
  const crate = read('ro-crate-metadata.json')
  const files = {}
  for (const f of fs.readdirSync(folder, { recursive: true })) files[f] = { exists: true, inCrate: false, isDir: fs.statSync(path.join(folder, f)).isDirectory() }
  const validator = new rocrate.Validator()
  validator.parseJSON(crate)
  await validator.crate.resolveContext()
  await validator.validate()
  validator.checkFiles(files)
  for (const r of validator.results) if (r.status === 'error') found(`ro-crate-metadata.json: ${r.message} ${r.entity ?? ''}`)
  if (!validator.results.some((r) => r.status === 'success')) found('ro-crate-metadata.json: the checker said nothing')
  const checker = new rocrate.Checker(new rocrate.ROCrate(crate, { array: true, link: false }))
  for (const name of ['hasRootDataset', 'hasRootDatasetWithProperID', 'hasName', 'hasDescription', 'hasAuthor', 'hasLicense', 'hasDatePublished']) {
    const item = checker[name]()
    if (!item.status) found(`ro-crate-metadata.json: ${item.name}: ${item.message} ${item.diagnostics ?? ''}`)
  }
  for (const entity of crate['@graph']) {
    for (const term of [...Object.keys(entity).filter((k) => !k.startsWith('@')), entity['@type']]) {
      if (!validator.crate.resolveTerm(term)) found(`ro-crate-metadata.json: the context does not define ${term} of ${entity['@id']}`)
    }
  }
  const undescribed = Object.keys(files).filter((f) => !files[f].isDir && !files[f].inCrate && !['ro-crate-metadata.json', 'SHA256SUMS'].includes(f))
  if (undescribed.length) found(`ro-crate-metadata.json does not describe ${undescribed.join(', ')}`)
}

try {
  validateCFFFile(path.join(folder, 'CITATION.cff'))
} catch (e) {
  found(`CITATION.cff: ${e.message}`)
}
console.log(`${folder}: ${wrong} findings; ${pkg.resources.length} tables, ${rows} rows, ${descriptor.resources.length} files read`)
process.exit(wrong ? 1 : 0)
