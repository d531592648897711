package importers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// boampsRows makes the rows of a report, the one of a number in its file: of the measure that counts, and of the others beside it.
func (j *job) boampsRows(b *boampsReport, l foreign.Left, no int) {
	id := b.Header.ID
	if id == "" {
		id = fmt.Sprintf("%s:%d", j.base(), no)
	}
	l.What = id
	leave := func(why string) {
		l.Why = why
		j.leave(l)
	}
	kinds, phase := j.boampsStage(b.Task.Stage)
	switch {
	case len(kinds) == 0:
		leave("its taskStage is none that is known: inference, training, finetuning, retraining, preprocessing, datacreation, with + between several")
		return
	case len(kinds) > 1:
		leave("its taskStage is both the making of a model and inference, which one measure cannot be parted into")
		return
	case kinds[0] != j.kind.Name:
		leave(fmt.Sprintf("it belongs into the kind %s, by its taskStage: --kind %s", kinds[0], kinds[0]))
		return
	}
	measures := j.boampsMeasures(b)
	if len(measures) == 0 {
		leave("no energy")
		return
	}
	if before, met := j.again(boampsFigures(b, id), l.Place); met {
		l.What += ", at " + before.String()
		leave("the same report with the same figures stands in another place, which counts")
		return
	}
	column := "deployment_id"
	if !j.rows.hasColumn(column) {
		column = "run_id"
	}
	r := j.boampsRow(b, &measures[0], id, phase)
	main := r.cells[r.at(column)].text
	if why := r.deliver(j, l, no); why != "" {
		leave(why)
		return
	}
	for i := range measures[1:] {
		r := j.boampsRow(b, &measures[i+1], fmt.Sprintf("%s/measure-%d", id, i+2), phase)
		r.text("alternative_to", main)
		r.assume("another measure of the same report; whether measures add up is not said: %s counts", main)
		if why := r.deliver(j, l, no); why != "" {
			j.drop(foreign.Left{Place: l.Place, What: id + " " + column, Why: why})
		}
	}
	j.use(1)
}

// boampsFigures are what tells a report from others: its id and its measures.
func boampsFigures(b *boampsReport, id string) string {
	figures := id
	for _, m := range b.Measures {
		figures += fmt.Sprint("\x00", m.Method, " ", value(m.Energy), " ", value(m.Duration), " ", m.Began)
	}
	return figures
}

// boampsStage is which kinds of inventory stages belong into, and the phase of a training run that they are.
func (j *job) boampsStage(stages string) (kinds []string, phase string) {
	for stage := range strings.SplitSeq(strings.ToLower(stages), "+") {
		stage = strings.TrimSpace(stage)
		k, ok := j.meaning("kind", stage)
		if !ok {
			return nil, ""
		}
		if !slices.Contains(kinds, k.Is) {
			kinds = append(kinds, k.Is)
		}
		p, _ := j.meaning("phase", stage)
		if phase != "" && phase != p.Is {
			p.Is = "whole"
		}
		phase = p.Is
	}
	return kinds, phase
}

// boampsMeasures are a report's measures that have an energy, the one that counts ahead: one that was metered, else the first.
func (j *job) boampsMeasures(b *boampsReport) []boampsMeasure {
	var out []boampsMeasure
	for _, m := range b.Measures {
		if m.Energy != nil && *m.Energy > 0 {
			out = append(out, m)
		}
	}
	metered := func(m boampsMeasure) int {
		if basis, ok := j.meaning("energy_basis", method(m.Method)); ok && basis.Is == "metered" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b boampsMeasure) int { return cmp.Compare(metered(a), metered(b)) })
	return out
}

// method is the name of a tool without its case.
func method(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// boampsRow fills a row with a report and one of its measures.
func (j *job) boampsRow(b *boampsReport, m *boampsMeasure, id, phase string) *row {
	r := j.rows.next()
	training := j.kind.Name == "training_runs"
	if training {
		j.unique(r, "run_id", id)
		r.text("phase", phase)
	} else {
		j.unique(r, "deployment_id", id)
		r.boampsTask(b)
	}
	r.boampsModel(b, training)
	r.boampsEnergy(m)
	r.boampsTime(m)
	r.boampsDevices(b.Infrastructure.Components)
	if country := b.Environment.Country; country != "" && !r.region(country, "published") {
		r.refuse("region", country, "the registry of regions does not know it")
	}
	r.organisation("organisation", b.Header.Publisher.Name)
	if strings.HasSuffix(b.Infrastructure.Type, "Cloud") {
		r.organisation("operator", b.Infrastructure.Cloud)
	}
	if b.Quality != "" {
		r.means("dq_precision", b.Quality)
		r.assume("quality %s, as the report says of itself", b.Quality)
	}
	if c := b.Header.Publisher.Confidentiality; c != "" && c != "public" {
		r.text("confidentiality", "aggregate")
		r.assume("the report is %s", c)
	}
	if s := b.Header.Status; s != "" && s != "final" {
		r.assume("status of the report: %s", s)
	}
	r.usually("scope", "intensity")
	r.boampsSource(b, id)
	return r
}

// boampsTask fills what only a use of a model has.
func (r *row) boampsTask(b *boampsReport) {
	family := strings.ToLower(strings.TrimSpace(b.Task.Family))
	if m, ok := r.d.meaning("task", family); ok {
		family = m.Is
	}
	r.text("task", strings.Join(strings.FieldsFunc(family, func(c rune) bool { return c == ' ' || c == '-' || c == '_' }), "_"))
	requests := 0.0
	if n := b.Task.Requests; n != nil && *n > 0 {
		requests = *n
		r.number("requests", requests)
	}
	tokens := map[string]float64{}
	for _, d := range b.Task.Data {
		if d.Type == "token" && d.Quantity != nil {
			tokens[d.Usage] += *d.Quantity
		}
	}
	for _, usage := range []string{"input", "output"} {
		if n, ok := tokens[usage]; ok && requests > 0 {
			r.number(usage+"_tokens", float64(n*requests))
			if requests != 1 {
				r.assume("%s tokens are those of one inference times the requests", usage)
			}
		}
	}
	if len(b.Task.Algorithms) == 1 {
		if q := strings.ToLower(b.Task.Algorithms[0].Quantisation); q != "" {
			r.means("quantisation", q)
		}
	}
}

// boampsModel fills the row's model from the first algorithm that names one.
func (r *row) boampsModel(b *boampsReport, training bool) {
	named := 0
	for _, a := range b.Task.Algorithms {
		name, uri := a.Foundation, a.FoundationURI
		if name == "" {
			name, uri = a.Name, a.URI
		}
		if name == "" {
			continue
		}
		if named++; named > 1 {
			r.assume("the report names %q too", foreign.Plain(name))
			continue
		}
		if repository, ok := strings.CutPrefix(uri, "https://huggingface.co/"); ok && names.Models().Find(name).ID == "" && names.Models().Find(repository).ID != "" {
			name = repository
		}
		r.model(name)
		if a.Parameters != nil {
			r.number("parameters_total", float64(*a.Parameters*1e9))
		}
		if training && a.Epochs != nil {
			r.boampsTokens(b, *a.Epochs)
		}
	}
}

// boampsTokens fills the tokens that a training saw, where the report says how often it went over them.
func (r *row) boampsTokens(b *boampsReport, epochs float64) {
	tokens := 0.0
	for _, d := range b.Task.Data {
		if d.Type == "token" && d.Usage == "input" && d.Quantity != nil {
			tokens += *d.Quantity
		}
	}
	if tokens > 0 && epochs > 0 {
		r.number("tokens", float64(tokens*epochs))
		r.assume("tokens are those of the data times the epochs")
	}
}

// boampsEnergy fills the energy of a measure, with what it covers and how it came to be known.
func (r *row) boampsEnergy(m *boampsMeasure) {
	boundary, known := r.d.meaning("energy_boundary", method(m.Method))
	basis, _ := r.d.meaning("energy_basis", method(m.Method))
	if !known && r.d.options.Set["energy_boundary"] == "" {
		r.refuse("energy", fmt.Sprint(*m.Energy), fmt.Sprintf("what the method %q covers is not known: --set energy_boundary=node says it", foreign.Plain(m.Method)))
		r.text("quality", "modelled")
		return
	}
	r.number("energy", *m.Energy)
	if known {
		r.text("energy_boundary", boundary.Is)
		r.text("energy_basis", basis.Is)
	} else {
		r.usually("energy_basis", "estimated")
	}
	quality := "modelled"
	if basis.Is == "metered" || !known && r.d.options.Set["energy_basis"] == "metered" {
		quality = "measured"
	}
	r.text("quality", quality)
	why := ""
	for _, w := range []string{boundary.Why, basis.Why} {
		why += behind("; ", w)
	}
	r.assume("energy by %s%s", strings.TrimSpace(m.Method+" "+m.Version), why)
	if m.CPU != "" || m.GPU != "" {
		r.assume("processor tracked by %s, devices by %s", cmp.Or(m.CPU, "nothing that is told"), cmp.Or(m.GPU, "nothing that is told"))
	}
	if m.Calibration != nil && *m.Calibration > 0 {
		r.assume("%v kWh of a calibration are not taken off", *m.Calibration)
	}
}

// boampsTime fills when a measure was taken, and for how long.
func (r *row) boampsTime(m *boampsMeasure) {
	seconds := 0.0
	if m.Duration != nil && *m.Duration >= 0 {
		seconds = *m.Duration
		r.quantity("wall_time", seconds, "s")
	}
	if m.Began == "" {
		return
	}
	began, ok := instant(m.Began)
	if !ok {
		r.refuse("started", m.Began, "not a time such as 2024-05-31 10:39:13")
		return
	}
	r.date("started", began)
	if m.Duration != nil && seconds < 1e9 {
		r.date("ended", began.Add(time.Duration(seconds*1e9)))
	}
}

// boampsDevices fills the devices of a report, which are its gpus, where they are of one type. Processors are not in the registry of accelerators.
func (r *row) boampsDevices(components []boampsComponent) {
	var name string
	count, shares := 0.0, []float64{}
	for _, c := range components {
		if t := strings.ToLower(c.Type); t != "gpu" && t != "tpu" && t != "npu" && t != "accelerator" {
			continue
		}
		text := c.Name
		if text == "" {
			text = strings.TrimSpace(strings.Join([]string{c.Manufacturer, c.Family, c.Series}, " "))
			if c.Memory != nil && text != "" {
				text += fmt.Sprintf(" %vGB", *c.Memory)
			}
		}
		if text == "" {
			continue
		}
		if name != "" && name != text {
			r.refuse("hardware_id", name+", "+text, "the report has devices of several types")
			return
		}
		name = text
		if c.Count != nil {
			count += *c.Count
		}
		if c.Share != nil {
			shares = append(shares, *c.Share)
		}
	}
	if name == "" {
		return
	}
	stated := r.hardware(name)
	switch {
	case stated > 0 && count > 0 && stated != count:
		r.refuse("device_count", fmt.Sprint(count), fmt.Sprintf("the name says %v of them", stated))
	case count > 0 || stated > 0:
		r.number("device_count", max(count, stated))
	}
	slices.Sort(shares)
	if len(slices.Compact(shares)) == 1 {
		r.number("device_share", shares[0])
	}
}

// boampsSource says who published a report, and under which licence.
func (r *row) boampsSource(b *boampsReport, id string) {
	source := "BoAmps report " + id
	if b.Header.Publisher.Name != "" {
		source += " of " + b.Header.Publisher.Name
	}
	if t, ok := instant(b.Header.Published); ok {
		source += fmt.Sprintf(" (%d)", t.Year())
	}
	r.usually("source", source)
	licence := b.Header.Licensing
	if m, ok := r.d.meaning("licence", strings.ToLower(strings.TrimSpace(licence))); ok && r.d.options.Set["licence"] == "" {
		licence = m.Is
		r.assume("licence %s: %s", m.Is, m.Why)
	}
	r.usually("licence", licence)
}
