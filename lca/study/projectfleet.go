package study

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/stock"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// fleetProjection follows devices in service. What a device of a cohort comes to when it leaves use is not in the amounts of the study, whose rows mostly have not left: the fleet is scanned
// once more as if every device in service at the end of the base year left in the year in which it came, so that the amounts of what leaves stand by cohort.
type fleetProjection struct {
	kind    *kindPlan
	stock   *datasets.Stock
	cohorts *engine.Result // amounts of what leaves, by the year in which devices came; nil where no rule counts what leaves
	regions map[string]*regionFleet
	lacking map[string]bool       // regions of which some device has no known mass, under an accepted gap
	mass    map[massAt]*exact.Sum // kg that leave use, reused or not
	left    int                   // rows of devices that came after the base year
}

// massAt is a case and a region.
type massAt struct {
	n      int
	region string
}

// regionFleet is the devices of a region.
type regionFleet struct {
	cohorts []stock.Cohort
	of      []cohortOf
	lives   []float64            // of each cohort its mean service life, years, though it be known when it leaves; 0: not known
	made    map[int]float64      // devices by the year in which they were put into service
	held    map[cohortOf]float64 // devices of the cohort scan
	mixMade int                  // the latest year with devices, of at least stock.Quantum: what is made in later years is as that
	mixHeld int                  // likewise of those in service at the end of the base year
	life    float64              // mean service life, years, of devices as they come in
	flows   []*stock.Flow        // of each scenario
	before  [][]float64          // of each scenario and cohort: devices that left in the base year, by the model
}

// cohortOf names a cohort of the cohort scan.
type cohortOf struct {
	hardware string
	year     int
}

func (f *fleetProjection) close() {
	if f.cohorts != nil {
		f.cohorts.Close()
	}
}

// stockKind is the kind whose rows are devices in service and of which the method has rules; nil where the study has none.
func (x *projecting) stockKind() (*kindPlan, bool) {
	for _, k := range x.p.kinds {
		if k.kind.Stock != nil && x.p.method.Has(k.kind.Name) {
			return k, true
		}
	}
	return nil, false
}

// followFleet reads the devices, and projects them under each scenario.
func (x *projecting) followFleet(ctx context.Context, out *Projection) error {
	k, ok := x.stockKind()
	if !ok {
		return nil
	}
	f := &fleetProjection{kind: k, stock: k.kind.Stock, regions: map[string]*regionFleet{}, lacking: map[string]bool{}, mass: map[massAt]*exact.Sum{}}
	x.fleet = f
	lives, err := x.lives(k)
	if err != nil {
		return err
	}
	if err := x.readFleet(ctx, f, lives); err != nil {
		return err
	}
	if slices.ContainsFunc(k.program.Flows, func(r rules.FlowRule) bool { return r.TimeName == f.stock.Retired }) {
		if err := x.scanCohorts(ctx, f); err != nil {
			return err
		}
	}
	for _, region := range f.names() {
		if err := x.projectRegion(f, region); err != nil {
			return err
		}
	}
	if f.left > 0 {
		x.problems.Add(diag.Problem{Code: diag.NotRead, Severity: diag.Note,
			Message: fmt.Sprintf("%d rows of %s came into service after %d: what is put into service in later years follows the scenario, and these rows are left out", f.left, k.kind.Name, x.years[0])})
	}
	x.noteLeft(f)
	x.fleetRowsOf(f, out)
	return nil
}

// noteLeft notes that the base year holds devices that are taken to have left, which no row says.
func (x *projecting) noteLeft(f *fleetProjection) {
	var sum exact.Sum
	for _, r := range f.regions {
		if len(r.before) > 0 {
			for _, n := range r.before[0] {
				sum.Add(n)
			}
		}
	}
	if n := sum.Float64(); n > 0 {
		x.problems.Add(diag.Problem{Code: diag.NotRead, Severity: diag.Note,
			Message: fmt.Sprintf("%s devices of rows that count what was shipped are taken to have left in %d, by their service lives: end of life and e-waste of that year hold them beside what is documented", number(n), x.years[0])})
	}
}

// names are the regions, sorted.
func (f *fleetProjection) names() []string {
	var out []string
	for r := range f.regions {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// lives compiles the quantity that says how long devices last.
func (x *projecting) lives(k *kindPlan) (*rules.Readings, error) {
	var probs diag.List
	name := k.kind.Stock.Life
	if x.p.method.Reconcile != nil {
		name = x.p.method.Reconcile.Fleet.Life
	}
	at := x.p.study.at("method")
	node := &document.Node{Kind: document.Scalar, Text: name, Place: at.Place}
	r := rules.CompileReadings(x.p.method, schemaOf(k.kind, x.p.references(&probs)), x.p, []*document.Node{node}, &probs)
	if r == nil {
		problem := at.Problem(diag.UnknownName, "the method %s has no quantity %s for %s: nothing says how long devices last", x.p.method.Ref(), name, k.kind.Name)
		problem.Hint = "add it, or leave " + k.kind.Name + " out of the study"
		var own diag.List
		own.Add(problem)
		return nil, own.Err()
	}
	if _, ok := unit.Factor(r.Unit(0), unit.MustParse("a")); !ok {
		probs.Add(at.Problem(diag.UnitMismatch, "%s of %s is in %s; a service life is a time", name, x.p.method.Ref(), r.Unit(0)))
		return nil, probs.Err()
	}
	return r, nil
}

// cohortKey is what devices of one cohort have in common.
type cohortKey struct {
	region, hardware string
	year, retired    int
	atBase           bool
	life             float64
}

// readFleet reads the rows of devices into cohorts.
func (x *projecting) readFleet(ctx context.Context, f *fleetProjection, lives *rules.Readings) error {
	base := x.years[0]
	toYears, _ := unit.Factor(lives.Unit(0), unit.MustParse("a"))
	counts := map[cohortKey]*exact.Sum{}
	made := map[string]map[int]*exact.Sum{}
	var probs diag.List
	of := fleetColumns{count: f.stock.Count, from: f.stock.From, retired: f.stock.Retired, word: f.stock.Installed.Column}
	err := x.p.fleetRows(ctx, f.kind, of, lives, func(row *fleetRow) error {
		if !row.hasCount || !row.hasFrom {
			return nil // such rows are refused by the inventory's checks
		}
		year := amounts.YearOf(row.from)
		if year > base {
			f.left++
			return nil
		}
		region := row.region
		if made[region] == nil {
			region = strings.Clone(region)
			made[region] = map[int]*exact.Sum{}
		}
		if made[region][year] == nil {
			made[region][year] = &exact.Sum{}
		}
		made[region][year].Add(row.count)
		retired := 0
		if row.hasRetired {
			if retired = amounts.YearOf(row.retired); retired <= base {
				return nil
			}
		}
		if !row.hasLife && retired == 0 {
			if probs.Count(diag.Error) == 0 {
				probs.Add(x.p.study.at("inventories", f.kind.kind.Name).Problem(diag.MissingAmount, "the service life of some devices is not known, of %s for example: %s", row.hardware, row.why))
			}
			return nil
		}
		key := cohortKey{region: region, hardware: row.hardware, year: year, retired: retired, atBase: row.word == f.stock.Installed.Word, life: float64(row.life * toYears)}
		sum := counts[key]
		if sum == nil {
			key.region, key.hardware = strings.Clone(region), strings.Clone(row.hardware)
			sum = &exact.Sum{}
			counts[key] = sum
		}
		sum.Add(row.count)
		return nil
	})
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return err
	}
	for region, years := range made {
		r := &regionFleet{made: map[int]float64{}, held: map[cohortOf]float64{}}
		f.regions[region] = r
		for year, sum := range years {
			r.made[year] = sum.Float64()
			if r.made[year] >= stock.Quantum {
				r.mixMade = max(r.mixMade, year)
			}
		}
	}
	keys := make([]cohortKey, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b cohortKey) int {
		atBase := func(k *cohortKey) int {
			if k.atBase {
				return 1
			}
			return 0
		}
		return cmp.Or(strings.Compare(a.region, b.region), cmp.Compare(a.year, b.year), strings.Compare(a.hardware, b.hardware), cmp.Compare(a.retired, b.retired), cmp.Compare(atBase(&a), atBase(&b)), cmp.Compare(a.life, b.life))
	})
	for _, k := range keys {
		r, n := f.regions[k.region], counts[k].Float64()
		c := stock.Cohort{Year: k.year, Count: n, AtBase: k.atBase, Retired: k.retired, Life: stock.Lifetime{Mean: k.life}}
		if k.retired != 0 {
			c.AtBase, c.Life = true, stock.Lifetime{}
		}
		r.cohorts, r.of, r.lives = append(r.cohorts, c), append(r.of, cohortOf{k.hardware, k.year}), append(r.lives, k.life)
		r.held[cohortOf{k.hardware, k.year}] += n
	}
	for _, r := range f.regions {
		for of, n := range r.held {
			if n >= stock.Quantum {
				r.mixHeld = max(r.mixHeld, of.year)
			}
		}
		r.meanLife()
	}
	return nil
}

// meanLife is that of the devices that came last.
func (r *regionFleet) meanLife() {
	var lives, counts exact.Sum
	for i, c := range r.cohorts {
		if c.Year == r.mixHeld && r.lives[i] > 0 {
			lives.Add(float64(c.Count * r.lives[i]))
			counts.Add(c.Count)
		}
	}
	if n := counts.Float64(); n > 0 {
		r.life = lives.Float64() / n
		return
	}
	for _, life := range r.lives { // of those that came last none is known
		if life > 0 {
			r.life = life
		}
	}
}

// role is the value of a driver that has a role: that of the scenario, else what stands for it.
func role(s *scenarios.Scenario, name, region string, year int) float64 {
	for _, d := range scenarios.Definitions() {
		if d.Role != name {
			continue
		}
		if a, ok := s.Value(d.Name, scenarios.Asked{Region: region}, year); ok && a.Given {
			return a.Value
		}
		if d.Value != nil {
			return *d.Value
		}
	}
	return 0
}

// projectRegion follows a region's devices under each scenario.
func (x *projecting) projectRegion(f *fleetProjection, region string) error {
	r, base := f.regions[region], x.years[0]
	for i := range x.acts {
		s := x.acts[i].scenario
		cohorts := slices.Clone(r.cohorts)
		shape := func(year int) float64 { return role(s, scenarios.RoleShape, region, year) }
		for n := range cohorts {
			if cohorts[n].Life.Mean > 0 {
				cohorts[n].Life.Shape = shape(base)
			}
		}
		life := func(year int) stock.Lifetime {
			mean := r.life
			if now, then := role(s, scenarios.RoleLifetime, region, year), role(s, scenarios.RoleLifetime, region, base); now > 0 && then > 0 {
				mean = float64(mean * float64(now/then))
			}
			return stock.Lifetime{Mean: mean, Shape: shape(year)}
		}
		fleet := stock.Fleet{Base: base, Cohorts: cohorts, Life: life}
		if d, given := s.ByRole(scenarios.RoleCohorts); given {
			fleet.Output = func(year int) float64 { return x.efficiency(s, d, year) }
			for n := range cohorts {
				cohorts[n].Output = x.efficiency(s, d, cohorts[n].Year)
			}
		}
		var flow *stock.Flow
		var err error
		if d, given := s.ByRole(scenarios.RoleShipments); given {
			var shipments []float64
			for _, ratio := range x.ratios(s, d, scenarios.Asked{Region: region})[1:] {
				if r.mixMade == 0 { // there is nothing of which more could come
					ratio = 0
				}
				shipments = append(shipments, float64(r.made[base]*ratio))
			}
			flow, err = fleet.ByShipments(shipments)
		} else {
			flow, err = fleet.ByDemand(x.need(&x.acts[i], region)[1:])
		}
		var before []float64
		if err == nil {
			before, err = leftInBase(base, cohorts)
		}
		if err != nil {
			where := region
			if where == "" {
				where = "no region"
			}
			var probs diag.List
			probs.Add(x.p.study.at("inventories", f.kind.kind.Name).Problem(diag.Overflow, "the devices of %s cannot be followed under %s: %v", where, s.Ref(), err))
			return probs.Err()
		}
		r.flows, r.before = append(r.flows, flow), append(r.before, before)
	}
	return nil
}

// efficiency is that of devices put into service in a year, relative to those of the base year. Of years before the scenario begins it is that of its first.
func (x *projecting) efficiency(s *scenarios.Scenario, d *scenarios.Driver, year int) float64 {
	now, _ := s.Value(d.Name, scenarios.Asked{}, max(year, s.From))
	base, _ := s.Value(d.Name, scenarios.Asked{}, x.years[0])
	return now.Value / base.Value
}

// renewed is how the mean efficiency of devices in use changes while the fleet is renewed, year by year, relative to the base year: that of a region's devices, of all where it has none,
// and of new devices where no fleet is documented.
func (x *projecting) renewed(s *scenarios.Scenario, d *scenarios.Driver, region string) []float64 {
	out := make([]float64, len(x.years))
	at := slices.Index(x.o.Scenarios, s)
	means := func(y int) float64 {
		var output, devices exact.Sum
		for name, r := range x.fleet.regions {
			if x.fleet.regions[region] == nil || name == region {
				of := r.flows[at].Years[y]
				output.Add(float64(of.Stock * of.Output))
				devices.Add(of.Stock)
			}
		}
		return output.Float64() / devices.Float64()
	}
	for i, year := range x.years {
		out[i] = x.efficiency(s, d, year)
		if x.fleet != nil {
			if first, now := means(0), means(i); first > 0 && now > 0 {
				out[i] = now / first
			}
		}
	}
	return out
}

// leftInBase is how many devices of each cohort left in the base year, by the model: of those of which it is known what was shipped, and not what is there.
func leftInBase(base int, cohorts []stock.Cohort) ([]float64, error) {
	before := make([]float64, len(cohorts))
	var shipped []stock.Cohort
	var at []int
	for i, c := range cohorts {
		if !c.AtBase && c.Year < base {
			shipped, at = append(shipped, c), append(at, i)
		}
	}
	flow, err := (&stock.Fleet{Base: base - 1, Cohorts: shipped, Life: func(int) stock.Lifetime { return stock.Lifetime{} }}).ByShipments([]float64{0})
	if err != nil {
		return nil, err
	}
	for n, i := range at {
		before[i] = flow.Cohort(n).Retirements[1]
	}
	return before, nil
}

// madeOrRetired says how many times what devices came to in a year enters each case: burdens of making by what is put into service, those of leaving as they are documented in the base year.
func (x *projecting) madeOrRetired(g *amounts.Group, f *flow, key *amounts.Key) [][]float64 {
	base, r := x.years[0], x.fleet.regions[g.Names[regionGroup]]
	switch f.spec.TimeName {
	case x.fleet.stock.From:
		if r == nil || int(key.Year) != r.mixMade && int(key.Year) != base {
			return nil
		}
		out := make([]float64, x.cases())
		for n := range out {
			y := n % len(x.years)
			switch {
			case y == 0 && int(key.Year) == base:
				out[n] = 1
			case y > 0 && int(key.Year) == r.mixMade && len(r.flows) > 0:
				out[n] = r.flows[n/len(x.years)].Years[y].Shipments / r.made[r.mixMade]
			}
		}
		return [][]float64{out}
	case x.fleet.stock.Retired:
		if int(key.Year) != base {
			return nil
		}
		out := make([]float64, x.cases())
		for n := 0; n < len(out); n += len(x.years) {
			out[n] = 1
		}
		return [][]float64{out}
	}
	return x.used(g, f, key)
}

// retired says how many times what devices of a cohort come to when they leave enters each case.
func (x *projecting) retired(g *amounts.Group, f *flow, key *amounts.Key) [][]float64 {
	if f.spec.TimeName != x.fleet.stock.Retired {
		return nil
	}
	r := x.fleet.regions[g.Names[regionGroup]]
	of := cohortOf{g.Names[hardwareGroup], int(key.Year)}
	if r == nil || r.held[of] == 0 {
		return nil
	}
	gone := make([]float64, x.cases())
	for s, flow := range r.flows {
		gone := gone[s*len(x.years):][:len(x.years)]
		for i := range r.of {
			if r.of[i] != of {
				continue
			}
			gone[0] += r.before[s][i]
			for y, n := range flow.Cohort(i).Retirements[1:] {
				gone[y+1] += n
			}
		}
		for y := range gone {
			gone[y] /= r.held[of]
		}
	}
	out := [][]float64{gone}
	if of.year != r.mixHeld {
		return out
	}
	var latest exact.Sum // devices of the latest cohort, which stand for later ones
	for o, n := range r.held {
		if o.year == r.mixHeld {
			latest.Add(n)
		}
	}
	mix := latest.Float64()
	for _, from := range x.years[1:] {
		gone := make([]float64, x.cases())
		for s, flow := range r.flows {
			for y, n := range flow.New(from).Retirements {
				gone[s*len(x.years)+y] = n / mix
			}
		}
		out = append(out, gone)
	}
	return out
}

// leaves reports whether a rule is of devices that leave use.
func (x *projecting) leaves(f *flow) bool {
	return x.fleet != nil && x.p.kinds[f.kind] == x.fleet.kind && f.spec.TimeName == x.fleet.stock.Retired
}

// kept is what a contribution comes to without what is used again of what leaves use: all of it of other contributions. Mass that leaves use is recorded on the way.
func (x *projecting) kept(part *part, region string, n int, value float64) float64 {
	f := part.scope.flow
	if !x.leaves(f) {
		return value
	}
	if f.inTotal() && part.scope.category == x.fleet.stock.Waste {
		sum := x.fleet.mass[massAt{n, region}]
		if sum == nil {
			sum = &exact.Sum{}
			x.fleet.mass[massAt{n, strings.Clone(region)}] = sum
		}
		sum.Add(value)
	}
	return float64(value * (1 - role(x.o.Scenarios[n/len(x.years)], scenarios.RoleReuse, region, x.years[n%len(x.years)])))
}

// fleetRowsOf makes the table of the fleet, but for masses.
func (x *projecting) fleetRowsOf(f *fleetProjection, out *Projection) {
	for s := range x.o.Scenarios {
		for _, region := range f.names() {
			r := f.regions[region]
			for i, y := range r.flows[s].Years {
				row := lca.FleetFlow{Study: out.Study, Scenario: out.Names[s], Year: y.Year, Region: region, Stock: y.Stock, Method: x.p.method.Ref(), Pack: x.p.pack.Ref()}
				if i == 0 {
					made := r.made[y.Year]
					row.Documented = &made
				} else {
					opening, shipments, retirements, idle := r.flows[s].Years[i-1].Stock, y.Shipments, y.Retirements, y.Idle
					row.Opening, row.Shipments, row.Retirements, row.Idle = &opening, &shipments, &retirements, &idle
				}
				age := y.MeanAge
				row.MeanAge = &age
				out.Fleet = append(out.Fleet, row)
			}
		}
	}
}

// masses adds to the table of the fleet what becomes of the mass that leaves use.
func (x *projecting) masses(out *Projection) {
	if x.fleet == nil {
		return
	}
	for i := range out.Fleet {
		row := &out.Fleet[i]
		at := slices.Index(out.Names, row.Scenario)
		sum := x.fleet.mass[massAt{at*len(x.years) + row.Year - out.Base, row.Region}]
		if sum == nil || x.fleet.lacking[row.Region] {
			continue
		}
		s := x.o.Scenarios[at]
		reuse, collection := role(s, scenarios.RoleReuse, row.Region, row.Year), role(s, scenarios.RoleCollection, row.Region, row.Year)
		m, err := stock.Split(sum.Float64(), reuse, collection)
		if err != nil {
			x.problems.Add(diag.Problem{Code: diag.Overflow, Severity: diag.Warning, Message: fmt.Sprintf("the mass that leaves use in %d in %s cannot be parted: %v", row.Year, row.Region, err)})
			continue
		}
		row.RetiredMass, row.Reused, row.EWaste, row.Collected, row.Uncollected = &m.Retired, &m.Reused, &m.EWaste, &m.Collected, &m.Uncollected
	}
}

// scanCohorts scans the devices as if each that is in service at the end of the base year left in the year in which it came.
func (x *projecting) scanCohorts(ctx context.Context, f *fleetProjection) (err error) {
	inv := x.p.inventory(f.kind, x.run)
	s := leaving{unchecked: unchecked{f.kind.inventory, f.kind}, stock: f.stock, year: x.years[0]}
	if x.p.study.Where[f.kind.kind.Name] != nil { // rows are kept by what stands in them
		s.filter, s.reads = inv.New, f.kind.program.Columns()
		inv.New = func() engine.Evaluator { return unfiltered{s.filter()} }
	}
	inv.Source = s
	f.cohorts, err = engine.Scan(ctx, []engine.Inventory{inv}, x.run.space, engine.Options{Jobs: x.run.options.Jobs, Memory: amountsMemory(x.run.options.Memory), Scratch: x.run.options.Scratch, Spread: x.p.spread})
	return err
}

// leaving is a fleet whose devices left in the year in which they came; those that were not in service at the end of a year never left.
type leaving struct {
	unchecked
	stock  *datasets.Stock
	year   int
	filter func() engine.Evaluator // nil: all rows are kept
	reads  []string                // columns of its
}

// unfiltered computes all rows.
type unfiltered struct{ engine.Evaluator }

func (unfiltered) Keep() column.Bitmap { return nil }

func (s leaving) Open(ctx context.Context, part int, columns []string) (engine.Reader, error) {
	at := func(name string) int { return slices.Index(columns, name) }
	asked := slices.Clone(columns)
	for _, name := range append([]string{s.stock.From}, s.reads...) {
		if !slices.Contains(asked, name) {
			asked = append(asked, name)
		}
	}
	in, err := s.unchecked.Open(ctx, part, asked)
	if err != nil || at(s.stock.Retired) < 0 {
		return in, err
	}
	r := &leavingReader{Reader: in, from: slices.Index(asked, s.stock.From), retired: at(s.stock.Retired), columns: len(columns), year: s.year}
	if s.filter != nil {
		r.filter = s.filter()
		r.filter.Start()
		for _, name := range s.reads {
			r.reads = append(r.reads, slices.Index(asked, name))
		}
	}
	return r, nil
}

type leavingReader struct {
	engine.Reader
	from, retired, columns, year int
	filter                       engine.Evaluator // nil: all rows are kept
	reads                        []int            // columns of its
}

func (r *leavingReader) Next(b *column.Batch) (bool, error) {
	more, err := r.Reader.Next(b)
	if err != nil || !more {
		return more, err
	}
	var kept column.Bitmap
	if r.filter != nil {
		read := *b
		read.Columns = nil
		for _, i := range r.reads {
			read.Columns = append(read.Columns, b.Columns[i])
		}
		if err := r.filter.Evaluate(&read); err != nil {
			return false, err
		}
		kept = r.filter.Keep()
	}
	from, retired := &b.Columns[r.from], b.Columns[r.retired]
	out := column.Column{Type: column.Float, Floats: make([]float64, b.Rows), Valid: column.NewBitmap(b.Rows)}
	for row := range b.Rows {
		if !kept.Get(row) || !from.Valid.Get(row) || amounts.YearOf(from.Floats[row]) > r.year || retired.Valid.Get(row) && amounts.YearOf(retired.Floats[row]) <= r.year {
			continue
		}
		out.Floats[row] = from.Floats[row]
		out.Valid.Set(row)
	}
	b.Columns = slices.Clone(b.Columns[:r.columns])
	b.Columns[r.retired] = out
	return true, nil
}

// pulled is a walk over groups one by one.
type pulled struct {
	group *amounts.Group // the one at hand; nil at the end
	err   error
	more  func() (*amounts.Group, bool)
	stop  func()
}

func pull(res *engine.Result) *pulled {
	p := &pulled{}
	p.more, p.stop = iter.Pull(func(yield func(*amounts.Group) bool) {
		p.err = gathered{res}.Groups(func(g *amounts.Group) error {
			if !yield(g) {
				return errStopped
			}
			return nil
		})
		if p.err == errStopped {
			p.err = nil
		}
	})
	p.next()
	return p
}

func (p *pulled) next() {
	g, ok := p.more()
	if p.group = g; !ok {
		p.group = nil
	}
}

var errStopped = fmt.Errorf("stopped")
