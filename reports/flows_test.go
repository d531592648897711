package reports

import (
	"math"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// By hand: 600 + 300 + 94 + 6 = 1,000 kg, of which 6 are below the cut-off of 1 %.
func flowingEdition() *Edition {
	e := &Edition{Study: "s", Year: 2024, Method: "m@1", Pack: "p@1"}
	for _, x := range []struct {
		kind, stage, class string
		value              float64
	}{{"training_runs", "training", "modelled", 600}, {"deployments", "inference", "reported", 200}, {"deployments", "inference", "defaulted", 100}, {"deployments", "manufacturing", "defaulted", 94}, {"training_runs", "manufacturing", "defaulted", 6}} {
		share := x.value / 1000
		e.Ledger = append(e.Ledger, lca.Entry{Type: "value", Year: 2024, Perspective: "service", Accounting: "location", Kind: x.kind, Subject: x.stage, Category: "climate_change", Unit: "kg CO2e", Class: x.class, Value: &x.value, Share: &share})
		e.Impacts = append(e.Impacts, lca.Impact{Study: "s", Year: 2024, Stage: x.stage, Category: "climate_change", Unit: "kg CO2e", Perspective: "service", Accounting: "location", ShareOf: "total", Kind: x.kind, Item: "i", Value: x.value, Quality: x.class, Method: "m@1", Pack: "p@1"})
	}
	return e
}

func TestFlowsConserveTheTotal(t *testing.T) {
	p, err := newPage(flowingEdition())
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.FlowFigure("service")
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	if want := "60% of the climate change documented in 2024 comes from training runs at the stage “training”"; f.Title != want {
		t.Errorf("%q, want %q", f.Title, want)
	}
	want := "from,to,value [kg CO2e],share\nTraining runs,Training,600,0.6\nDeployments,Inference,300,0.3\nDeployments,Manufacturing,94,0.094\nTraining runs,Flows below 1%,6,0.006\n" +
		"Manufacturing,Climate change,94,0.094\nTraining,Climate change,600,0.6\nInference,Climate change,300,0.3\nFlows below 1%,Climate change,6,0.006\nTotal,,1000,1\n"
	got := f.Table.text()
	sorted := func(s string) map[string]bool {
		out := map[string]bool{}
		for line := range strings.Lines(s) {
			out[line] = true
		}
		return out
	}
	for line := range sorted(want) {
		if !sorted(got)[line] {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
	parts, _ := p.grades()
	s := p.sankey(parts, 1000)
	balance := func(nodes []node, at func(f flowing) int) (all float64) {
		for i, n := range nodes {
			sum := 0.0
			for _, f := range s.Flows {
				if at(f) == i {
					sum += f.Value
				}
			}
			if math.Abs(sum-n.Value) > 1e-9 {
				t.Errorf("%s: %v flow, and it is %v", n.Title, sum, n.Value)
			}
			all += n.Value
		}
		return all
	}
	if from, to := balance(s.From, func(f flowing) int { return f.From }), balance(s.To, func(f flowing) int { return f.To }); from != 1000 || to != 1000 {
		t.Errorf("%v leave and %v arrive, of 1,000", from, to)
	}
}

func TestNoFlowsWherePartsAreNotTheTotal(t *testing.T) {
	for what, change := range map[string]func(e *Edition){
		"a part is missing":  func(e *Edition) { e.Ledger = e.Ledger[1:] },
		"no ledger":          func(e *Edition) { e.Ledger = nil },
		"one flow":           func(e *Edition) { e.Ledger, e.Impacts = e.Ledger[:1], e.Impacts[:1] },
		"another accounting": func(e *Edition) { e.Ledger[0].Accounting = "market" },
	} {
		e := flowingEdition()
		change(e)
		p, err := newPage(e)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := p.FlowFigure("service"); f != nil || err != nil {
			t.Errorf("%s: %v, %v", what, f, err)
		}
	}
}

// Of 300 from deployments in use 200 are reported; the cell has the letter of that class.
func TestGradesAreTheClassOfMostOfEachPart(t *testing.T) {
	p, err := newPage(flowingEdition())
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.GradeFigure()
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	if want := "2 of 4 parts of the totals of 2024 come mostly from defaulted figures"; f.Title != want {
		t.Errorf("%q, want %q", f.Title, want)
	}
	for _, want := range []string{"deployments,inference,service,climate_change,reported,0.6666666666666666,0.30000000000000004\n", "training_runs,training,service,climate_change,modelled,1,0.6\n"} {
		if !strings.Contains(f.Table.text(), want) {
			t.Errorf("no line %q in\n%s", want, f.Table.text())
		}
	}
	for _, svg := range []string{string(f.Wide), string(f.Narrow)} {
		if !strings.Contains(svg, ">R 67%</text>") || strings.Count(svg, ">D</text>") != 3 { // one in the legend
			t.Error("the cells do not say their letters")
		}
	}
}

// Of one kind of activity the figure of stages says the same.
func TestOneKindHasNoFigureOfFlows(t *testing.T) {
	e := flowingEdition()
	for i := range e.Ledger {
		e.Ledger[i].Kind = "deployments"
	}
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := p.FlowFigure("service"); f != nil || err != nil {
		t.Errorf("%v, %v", f, err)
	}
}
