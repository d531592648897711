package study

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// ProjectionRecord is what run.json says of a projection beside what it says of an assessment.
type ProjectionRecord struct {
	To        int              `json:"to"`
	Scenarios []ScenarioRecord `json:"scenarios"`
}

// ScenarioRecord is a scenario of a projection.
type ScenarioRecord struct {
	Name   string   `json:"name"` // as tables have it
	Ref    string   `json:"ref"`
	Status string   `json:"status"`
	Digest string   `json:"digest"`          // of its file, and of those that it rests on
	Files  []string `json:"files,omitempty"` // copies of its files in the folder, in the order in which they rest on each other; nil: it is embedded
}

// FolderName is under what a projection of a study is written.
func (p *Projection) FolderName() string { return fmt.Sprintf("%s-to-%d", p.Study, p.To) }

// Write writes the folder of a projection below a folder, and returns its path; page gives projection.html.
func (p *Projection) Write(ctx context.Context, page func(io.Writer) error) (string, error) {
	x := p.x
	out := x.o.Out
	if out == "" {
		out = "out"
	}
	target := filepath.Join(out, p.FolderName())
	if err := replaceable(target); err != nil {
		return "", err
	}
	folder, err := output.Begin(target)
	if err != nil {
		return "", err
	}
	defer folder.Discard()
	record, err := p.record(ctx)
	if err != nil {
		return "", err
	}
	decompositions, err := p.decompositions(ctx)
	if err != nil {
		return "", err
	}
	tables := []resultFile{
		{"impacts.parquet", p.writeImpacts}, {"drivers.parquet", projectedRows(p, "drivers", lca.DriverValueFormat, p.Drivers)}, {"decomposition.parquet", projectedRows(p, "decomposition", lca.DecompositionFormat, decompositions)},
		{studyCopy, func(w io.Writer) error {
			_, err := w.Write(x.p.study.text)
			return err
		}},
	}
	for i, s := range p.Scenarios {
		for k, name := range scenarioCopies(p.Names[i], s) {
			tables = append(tables, resultFile{name, func(w io.Writer) error {
				_, err := w.Write(s.Files[k].Text)
				return err
			}})
		}
	}
	if len(p.Intervals) > 0 {
		tables = append(tables, resultFile{"intervals.parquet", projectedRows(p, "intervals", lca.IntervalsFormat, p.Intervals)})
	}
	if len(p.Quantiles) > 0 {
		tables = append(tables, resultFile{"quantiles.parquet", projectedRows(p, "quantiles", lca.QuantilesFormat, p.Quantiles)})
	}
	if len(p.Fleet) > 0 {
		tables = append(tables, resultFile{"fleet.parquet", projectedRows(p, "fleet", lca.FleetFlowFormat, p.Fleet)})
	}
	if len(p.Sectors) > 0 {
		tables = append(tables, resultFile{"sectors.parquet", projectedRows(p, "sectors", lca.SectorFormat, p.Sectors)})
	}
	if len(p.Scaled) > 0 {
		tables = append(tables, resultFile{"scaled.parquet", projectedRows(p, "scaled", lca.ScaledFormat, p.Scaled)})
	}
	exchange, err := p.iamc(ctx)
	if err != nil {
		return "", err
	}
	tables = append(tables, exchange...)
	if page != nil {
		tables = append(tables, resultFile{"projection.html", page})
	}
	err = x.run.timed("write", func() error {
		if record.Outputs, err = createAll(ctx, folder, tables); err != nil {
			return err
		}
		_, err := create(folder, output.Marker, record.write)
		return err
	})
	if err != nil {
		return "", err
	}
	if _, err := create(folder, timingsFile, x.run.timings(x.p.study)); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return target, folder.Commit()
}

// record is run.json.
func (p *Projection) record(ctx context.Context) (*Record, error) {
	r, err := p.x.p.newRecord(ctx, nil)
	if err != nil {
		return nil, err
	}
	r.Scenario = "projection"
	r.Draws = p.x.p.study.Sampling.Draws
	r.GroupBy = []string{groupNames[regionGroup]}
	r.Projection = &ProjectionRecord{To: p.To}
	for i, s := range p.Scenarios {
		x := ScenarioRecord{Name: p.Names[i], Ref: s.Ref(), Status: s.Status, Digest: "sha256:" + s.Digest}
		x.Files = scenarioCopies(p.Names[i], s)
		r.Projection.Scenarios = append(r.Projection.Scenarios, x)
	}
	r.RunID = r.id()
	return r, nil
}

// RunID is the digest of all that determines the projection, shortened.
func (p *Projection) RunID(ctx context.Context) (string, error) {
	r, err := p.record(ctx)
	if err != nil {
		return "", err
	}
	return r.RunID, nil
}

// Method and Pack are those of the study, as name@version.
func (p *Projection) Method() string { return p.x.p.method.Ref() }
func (p *Projection) Pack() string   { return p.x.p.pack.Ref() }

// Title is that of the study.
func (p *Projection) Title() string { return p.x.p.study.Title }

// Source is the file that the study was read from; empty of the open edition.
func (p *Projection) Source() string { return p.x.p.study.called() }

// Licence is that of the study.
func (p *Projection) Licence() string { return p.x.p.study.Licence }

// Sampling says how figures were drawn.
func (p *Projection) Sampling() string { return p.x.p.study.Sampling.describe() }

func (p *Projection) meta(table string, format int) []parquet.KeyValue {
	out := p.x.p.meta(table, format)
	for i := range out {
		if out[i].Key == "ailca.scenario" {
			out[i].Value = "projection to " + strconv.Itoa(p.To)
		}
	}
	return out
}

func projectedRows[T any](p *Projection, table string, format int, rows []T) func(io.Writer) error {
	return func(w io.Writer) error { return parquet.WriteRows(w, rows, p.meta(table, format)) }
}

// writeImpacts writes the impact table, of all scenarios and years.
func (p *Projection) writeImpacts(w io.Writer) error {
	t, err := newTableWriter[lca.Impact](w, p.x.impacts.count, p.meta("impacts", lca.ImpactsFormat))
	if err != nil {
		return err
	}
	err = p.x.impacts.each(func(row *lca.Impact, group uint32) error { return t.impact(row, p.x.impacts.names, group) })
	if err != nil {
		return err
	}
	return t.close()
}

// Impacts visits the rows of the impact table in their order. A row is good until visit returns.
func (p *Projection) Impacts(visit func(*lca.Impact) error) error {
	return p.x.impacts.each(func(row *lca.Impact, _ uint32) error { return visit(row) })
}

// decompositions are those of each scenario from the base year to the last, and from the first scenario to each other one in the last year.
func (p *Projection) decompositions(ctx context.Context) ([]lca.DriverChange, error) {
	var out []lca.DriverChange
	add := func(from, to ProjectedAt) error {
		list, err := p.Decompose(from, to)
		for _, d := range list {
			row := lca.DriverChange{Study: p.Study, ScenarioA: from.Scenario, YearA: from.Year, ScenarioB: to.Scenario, YearB: to.Year, Category: d.Category, Unit: d.Unit, Perspective: d.Perspective,
				Accounting: d.Accounting, A: d.A, B: d.B, Difference: d.Difference, Method: p.Method(), Pack: p.Pack()}
			for _, part := range d.Parts {
				row.Driver, row.Part = part.Driver, part.Value
				out = append(out, row)
			}
			if d.Rest != 0 {
				row.Driver, row.Part = "rounding", d.Rest
				out = append(out, row)
			}
		}
		return err
	}
	for i, name := range p.Names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := add(ProjectedAt{name, p.Base}, ProjectedAt{name, p.To}); err != nil {
			return nil, err
		}
		if i > 0 {
			if err := add(ProjectedAt{p.Names[0], p.To}, ProjectedAt{name, p.To}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
