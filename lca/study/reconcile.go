package study

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amortise"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Reconcile is what a study says of its fleet rows, so that what they manufactured can be set against what services amortise. Nothing else can say it: a row
// of a fleet does not know which runs its devices did.
type Reconcile struct {
	Fleet  string         `doc:"fleet,required"` // see fleetScopes
	Reason string         `doc:"reason,required"`
	At     *document.Node `doc:"@"`
}

// fleetScopes are the words of Reconcile.Fleet: the fleet rows are all devices that the services ran on, and no others; or they are so for each owner and
// the services of the organisation of the same name.
const (
	scopeCovers  = "covers"
	scopeByOwner = "by_owner"
)

func (r *Reconcile) check(s *Study, probs *diag.List) {
	if r == nil {
		return
	}
	if at := r.At.Get("fleet"); at != nil && r.Fleet != scopeCovers && r.Fleet != scopeByOwner {
		p := at.Problem(diag.UnknownName, "fleet is %q", r.Fleet)
		p.Hint = "covers: the fleet rows are all devices that the services ran on, and no others; by_owner: those of an owner are those that the services of this organisation ran on"
		probs.Add(p)
	}
	if strings.TrimSpace(r.Reason) == "" && r.At.Get("reason") != nil {
		probs.Add(r.At.Get("reason").Problem(diag.MissingValue, "that fleet and services are the same devices needs a reason"))
	}
	need := []string{"hardware"}
	if r.Fleet == scopeByOwner {
		need = append(need, "organisation")
	}
	for _, name := range need {
		if !s.inGroup(name) {
			p := r.At.Problem(diag.MissingKey, "the perspectives are reconciled for each %s, by which the study does not group", name)
			p.Hint = "group_by: [" + strings.Join(append(slices.Clone(s.GroupBy), name), ", ") + "]"
			probs.Add(p)
		}
	}
	if len(s.Amounts) > 0 {
		probs.Add(r.At.Problem(diag.BadValue, "amounts tables do not hold the days of a fleet: a study that adds them up cannot be reconciled"))
	}
}

// reconciler sets the two perspectives against each other, for each type of device, and for each owner where the study says so.
type reconciler struct {
	p        *plan
	how      *rules.Reconcile
	byOwner  bool
	readings *rules.Readings
	days     float64 // in the unit of the service life
	accounts map[accountKey]*account
}

type accountKey struct{ organisation, hardware string }

// account is what both perspectives say of one type of device.
type account struct {
	fleet         amortise.Fleet
	rows          int64             // of the fleet
	served        bool              // some service ran on it
	made, charged map[string]yearly // burdens by category: of the fleet by the year in which devices were put into service, and of services
	used          yearly            // lives of devices
	wrong         string            // why it cannot be reconciled
	refused       map[string]bool   // impacts of which some have no value, under an accepted gap
	unused        bool              // hours of some rows are not known
}

// yearly is sums by calendar year.
type yearly map[int]*exact.Sum

func (y yearly) add(year int, v float64) {
	if y[year] == nil {
		y[year] = &exact.Sum{}
	}
	y[year].Add(v)
}

func (y yearly) values() map[int]float64 {
	out := map[int]float64{}
	for year, s := range y {
		out[year] = s.Float64()
	}
	return out
}

// accountOf says what a flow is to the account.
type accountOf uint8

const (
	isMade    accountOf = 1 << iota // a burden of the fleet
	isCharged                       // a burden of services
	isUse                           // its amount is lives of devices
)

// newReconciler prepares it; nil where the study does not ask, or the method does not say how.
func (p *plan) newReconciler() *reconciler {
	if p.study.Reconcile == nil || p.method.Reconcile == nil {
		return nil
	}
	return &reconciler{p: p, how: p.method.Reconcile, byOwner: p.study.Reconcile.Fleet == scopeByOwner, readings: p.lives, accounts: map[accountKey]*account{}}
}

// role says what a flow is to the account.
func (r *reconciler) role(rule *rules.Impact, inTotal bool) (out accountOf) {
	if r == nil || rule == nil || !inTotal || !slices.Contains(rule.Accountings, lca.Words().Accountings[0].Name) {
		return 0
	}
	fleet := rule.Perspective == lca.Words().Perspectives[1].Name
	if slices.Contains(r.how.Stages, rule.Stage) {
		if out = isCharged; fleet {
			out = isMade
		}
	}
	if !fleet && rule.Name == r.how.Use {
		out |= isUse
	}
	return out
}

// compileReconcile checks the method's block against the fleet's columns, and compiles what is read of them.
func (p *plan) compileReconcile(probs *diag.List) {
	s, how := p.study.Reconcile, p.method.Reconcile
	if s == nil {
		return
	}
	if how == nil {
		x := s.At.Problem(diag.UnknownName, "the method %s does not say how its perspectives are reconciled", p.method.Ref())
		x.Hint = "reconcile: in the method says it, see ailca methods template"
		probs.Add(x)
		return
	}
	var k *kindPlan
	if kind, ok := datasets.KindByName(how.Fleet.Kind); ok {
		k = p.kindOf(kind)
	}
	if k == nil {
		probs.Add(s.At.Problem(diag.MissingKey, "the study has no inventory of %s to reconcile services with", how.Fleet.Kind))
		return
	}
	for _, c := range []struct{ key, name string }{{"count", how.Fleet.Count}, {"from", how.Fleet.From}, {"retired", how.Fleet.Retired}} {
		f, ok := k.kind.Column(c.name)
		if !ok || (c.key == "count") == (f.Type == lca.Date) || f.Type == lca.Text {
			probs.Add(how.Fleet.At.Get(c.key).Problem(diag.UnknownColumn, "%s has no such column %q", k.kind.Name, c.name))
		}
	}
	for _, f := range p.flows {
		if f.Impact == nil || f.Impact.Name != how.Use || f.Impact.Perspective != lca.Words().Perspectives[0].Name {
			continue
		}
		if u, err := unit.Parse(f.Measure); err != nil || u.Dimension() != unit.MustParse("1").Dimension() {
			probs.Add(how.At.Get("use").Problem(diag.UnitMismatch, "the amount of %s is in %s; lives of devices have no unit", how.Use, f.Measure))
		}
	}
	p.lives = rules.CompileReadings(p.method, schemaOf(k.kind, p.references(probs)), p, []*document.Node{how.Life()}, probs)
	if p.lives == nil {
		return
	}
	if _, ok := unit.Factor(p.lives.Unit(0), unit.MustParse("d")); !ok {
		probs.Add(how.Life().Problem(diag.UnitMismatch, "%s is in %s; a service life is a time", how.Fleet.Life, p.lives.Unit(0)))
	}
}

func (r *reconciler) at(names []string) *account {
	k := accountKey{hardware: names[hardwareGroup]}
	if r.byOwner {
		k.organisation = names[organisationGroup]
	}
	return r.account(k)
}

// Places of groups in a group's names.
var hardwareGroup, organisationGroup, regionGroup = slices.Index(groupNames, "hardware"), slices.Index(groupNames, "organisation"), slices.Index(groupNames, "region")

func (r *reconciler) account(k accountKey) *account {
	a := r.accounts[k]
	if a == nil {
		a = &account{made: map[string]yearly{}, charged: map[string]yearly{}, used: yearly{}, refused: map[string]bool{}}
		r.accounts[accountKey{strings.Clone(k.organisation), strings.Clone(k.hardware)}] = a
	}
	return a
}

// uses records how many lives of devices a contribution uses; known is false where it cannot be computed.
func (r *reconciler) uses(names []string, year int32, lives float64, known bool) {
	a := r.at(names)
	if a.served = true; known {
		a.used.add(int(year), lives)
	} else {
		a.unused = true
	}
}

// give records a burden.
func (r *reconciler) give(names []string, s *scope, value float64) {
	a := r.at(names)
	to := a.charged
	if s.flow.account&isMade != 0 {
		to = a.made
	} else {
		a.served = true
	}
	if to[s.category] == nil {
		to[s.category] = yearly{}
	}
	to[s.category].add(int(s.year), value)
}

// refuse records that a burden has no value.
func (r *reconciler) refuse(names []string, s *scope) { r.at(names).refused[s.flow.rule.Name] = true }

// fleet reads the days of the fleet rows that enter totals.
func (r *reconciler) fleet(ctx context.Context) error {
	kind, _ := datasets.KindByName(r.how.Fleet.Kind)
	r.days, _ = unit.Factor(r.readings.Unit(0), unit.MustParse("d"))
	of := fleetColumns{count: r.how.Fleet.Count, from: r.how.Fleet.From, retired: r.how.Fleet.Retired}
	return r.p.fleetRows(ctx, r.p.kindOf(kind), of, r.readings, func(row *fleetRow) error {
		key := accountKey{hardware: row.hardware}
		if r.byOwner {
			key.organisation = row.organisation
		}
		a := r.account(key)
		a.rows++
		until := amortise.NeverRetired
		if row.hasRetired {
			until = int(math.Floor(row.retired)) + 1
		}
		switch {
		case !row.hasLife:
			a.wrong = "the service life of some devices is not known: " + row.why
		case !row.hasCount || !row.hasFrom:
			a.wrong = "of some devices it is not known how many there are, or since when"
		case !a.fleet.Add(amortise.Devices{From: int(math.Floor(row.from)), Until: until, Life: float64(row.life * r.days)}, row.count):
			a.wrong = fmt.Sprintf("more than %d dates of one type of device", amortise.MaxDates)
		}
		return nil
	})
}

// Statuses of a reconciliation.
const (
	reconciled    = "reconciled"
	notReconciled = "not reconciled"
)

// rows are those of the table, in their order.
func (r *reconciler) rows() []lca.Reconciliation {
	keys := slices.SortedFunc(maps.Keys(r.accounts), func(a, b accountKey) int {
		return strings.Compare(a.organisation+"\x00"+a.hardware, b.organisation+"\x00"+b.hardware)
	})
	last := r.p.study.Year
	for _, a := range r.accounts {
		for year := range a.used {
			last = max(last, year)
		}
	}
	var out []lca.Reconciliation
	for _, k := range keys {
		rows := r.accounts[k].reconcile(r, k, last)
		for i := range rows {
			x := &rows[i]
			x.Study, x.Scenario, x.Organisation, x.Hardware, x.Method, x.Pack = r.p.study.Name, scenario, k.organisation, k.hardware, r.p.method.Ref(), r.p.pack.Ref()
			if x.Status = reconciled; x.Why != "" {
				x.Status = notReconciled
			}
		}
		out = append(out, rows...)
	}
	return out
}

// reconcile accounts for one type of device.
func (a *account) reconcile(r *reconciler, k accountKey, last int) []lca.Reconciliation {
	alone := func(why string) []lca.Reconciliation { return []lca.Reconciliation{{Why: why}} }
	switch {
	case k.hardware == "":
		return alone("the rows do not say which type of device it is")
	case r.byOwner && k.organisation == "":
		return alone("the rows do not say whose the devices are")
	case a.rows == 0:
		return alone("services ran on these devices, and no row of the fleet has them")
	case a.wrong != "":
		return alone(a.wrong)
	}
	plan, err := a.fleet.Plan(last)
	if err != nil {
		return alone(err.Error())
	}
	shares, why := map[int]*big.Rat{}, map[int]string{}
	for year := plan.First(); year <= last && year != 0; year++ {
		used := 0.0
		if s := a.used[year]; s != nil {
			used = s.Float64()
		}
		share, ok := plan.Share(year, used)
		switch {
		case a.unused:
			why[year] = "the device hours of some services are not known"
		case r.byOwner && !a.served:
			why[year] = "no service of the owner is documented, so that nobody knows whether the devices stood idle"
		case !ok:
			why[year] = fmt.Sprintf("services used up %.6g lives of devices, more than the fleet could in that year", used)
		default:
			shares[year] = share
		}
	}
	var out []lca.Reconciliation
	for year := range a.used {
		if plan.First() == 0 || year < plan.First() {
			out = append(out, lca.Reconciliation{Year: year, Why: "services ran on these devices before the first of the fleet was put into service"})
		}
	}
	slices.SortFunc(out, func(x, y lca.Reconciliation) int { return x.Year - y.Year })
	for _, c := range lca.Words().Categories {
		if a.made[c.Name] == nil && a.charged[c.Name] == nil {
			continue
		}
		years, err := plan.Account(a.made[c.Name].values(), func(year int) *big.Rat { return shares[year] })
		if err == nil && len(years) == 0 {
			err = fmt.Errorf("no figure of what was manufactured is supplied")
		}
		if err != nil {
			out = append(out, lca.Reconciliation{Category: c.Name, Unit: c.Unit, Why: err.Error()})
			continue
		}
		for _, y := range years {
			x := lca.Reconciliation{Year: y.Year, Category: c.Name, Unit: c.Unit, Opening: &y.Opening, Manufactured: &y.Manufactured, WrittenOff: &y.WrittenOff, Closing: &y.Closing, Why: why[y.Year]}
			if y.Known {
				x.Services, x.Unused = &y.Services, &y.Unused
				charged := 0.0
				if s := a.charged[c.Name][y.Year]; s != nil {
					charged = s.Float64()
				}
				x.BeyondLife, x.Why = a.beyond(plan, &y, charged)
			}
			if x.Note = a.incomplete(); x.Note != "" && x.Why != "" {
				x.Why, x.Note = x.Why+"; "+x.Note, ""
			}
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return alone("no figure of what was manufactured is supplied")
	}
	return out
}

// incomplete names what was refused under accepted gaps.
func (a *account) incomplete() string {
	if len(a.refused) == 0 {
		return ""
	}
	return "incomplete: without " + strings.Join(slices.Sorted(maps.Keys(a.refused)), ", ")
}

// beyond is how much services are charged for devices beyond their service life, of which nothing is left to amortise: a method charges for all hours, and
// cannot know how old a device is. why says where what services are charged is something else than the fleet's burdens.
func (a *account) beyond(plan *amortise.Plan, y *amortise.Year, charged float64) (beyond *float64, why string) {
	const close = 1e-9 // relative: both are sums of products that were rounded
	old := plan.BeyondLife(y.Year)
	amortised, _ := y.Amortised.Float64()
	share, _ := old.Float64()
	part := float64(charged * share)
	if rest := charged - part; math.Abs(rest-amortised) > float64(close*max(charged, amortised)) {
		return nil, fmt.Sprintf("services are charged %.6g for use within the service life, and what the fleet was manufactured at gives %.6g: their figures per device differ, by year or by what they count", rest, amortised)
	}
	return &part, ""
}

// reconcile computes the table, where the study asks for it, and tells the ledger.
func (r *result) reconcile(ctx context.Context) error {
	if r.reconciler == nil {
		r.ledger.unreconciled()
		return nil
	}
	if err := r.reconciler.fleet(ctx); err != nil {
		return err
	}
	r.reconciliation = r.reconciler.rows()
	type told struct{ hardware, status, why string }
	count := map[told]int64{}
	for i := range r.reconciliation {
		x := &r.reconciliation[i]
		count[told{x.Hardware, x.Status, x.Why}]++
	}
	for t, n := range count {
		detail := t.why
		if detail == "" {
			detail = r.p.study.Reconcile.Reason
		}
		r.ledger.entries = append(r.ledger.entries, lca.Entry{Type: entryReconciled, Kind: r.reconciler.how.Fleet.Kind, Subject: t.hardware, Class: strings.ReplaceAll(t.status, " ", "_"), Detail: detail, Rows: n})
	}
	return nil
}

// unreconciled says why the perspectives are not set against each other, where there are both.
func (l *ledger) unreconciled() {
	how := l.p.method.Reconcile
	if how == nil || len(l.p.kinds) < 2 || !slices.ContainsFunc(l.p.kinds, func(k *kindPlan) bool { return k.kind.Name == how.Fleet.Kind }) {
		return
	}
	l.entries = append(l.entries, lca.Entry{Type: entryReconciled, Kind: how.Fleet.Kind, Subject: "fleet and services", Class: strings.ReplaceAll(notReconciled, " ", "_"), Detail: undeclared})
}

// undeclared is why nothing is reconciled by default.
const undeclared = "the study does not say that the fleet rows are the devices that the services ran on"

func (p *plan) writeReconciliation(res *result) func(io.Writer) error {
	return func(w io.Writer) error {
		return parquet.WriteRows(w, res.reconciliation, p.meta("reconciliation", lca.ReconciliationFormat))
	}
}
