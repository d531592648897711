package iamc

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// sample is a small table: two scenarios, a year that one of them lacks, a unit that is empty.
func sample() *Table {
	var t Table
	for _, v := range []struct {
		Series
		year  int
		value float64
	}{
		{Series{"ailca 1.0", "Low", "World", "Final Energy|Data Centers|Electricity", "TWh/yr"}, 2030, 700},
		{Series{"ailca 1.0", "High", "World", "Final Energy|Data Centers|Electricity", "TWh/yr"}, 2025, 415.25},
		{Series{"ailca 1.0", "High", "World", "Final Energy|Data Centers|Electricity", "TWh/yr"}, 2030, 1e21},
		{Series{"ailca 1.0", "Low", "World", "Efficiency|PUE", ""}, 2025, 1.1},
		{Series{"ailca 1.0", "Low", "World", "Efficiency|PUE", ""}, 2030, 0.30000000000000004},
		{Series{"ailca 1.0", "Low", "Korea, Republic", "Efficiency|PUE", ""}, 2030, -1e-300},
	} {
		t.Add(v.Series, v.year, v.value)
	}
	return &t
}

const sampleWide = `Model,Scenario,Region,Variable,Unit,2025,2030
ailca 1.0,High,World,Final Energy|Data Centers|Electricity,TWh/yr,415.25,1e+21
ailca 1.0,Low,"Korea, Republic",Efficiency|PUE,,,-1e-300
ailca 1.0,Low,World,Efficiency|PUE,,1.1,0.30000000000000004
ailca 1.0,Low,World,Final Energy|Data Centers|Electricity,TWh/yr,,700
`

const sampleLong = `model,scenario,region,variable,unit,year,value
ailca 1.0,High,World,Final Energy|Data Centers|Electricity,TWh/yr,2025,415.25
ailca 1.0,High,World,Final Energy|Data Centers|Electricity,TWh/yr,2030,1e+21
ailca 1.0,Low,"Korea, Republic",Efficiency|PUE,,2030,-1e-300
ailca 1.0,Low,World,Efficiency|PUE,,2025,1.1
ailca 1.0,Low,World,Efficiency|PUE,,2030,0.30000000000000004
ailca 1.0,Low,World,Final Energy|Data Centers|Electricity,TWh/yr,2030,700
`

func text(t testing.TB, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func wideText(t testing.TB, table *Table) string {
	t.Helper()
	return text(t, func(b *bytes.Buffer) error { return table.WriteWide(b) })
}

func longText(t testing.TB, table *Table) string {
	t.Helper()
	return text(t, func(b *bytes.Buffer) error { return table.WriteLong(b) })
}

func TestATableIsWrittenInBothForms(t *testing.T) {
	if got := wideText(t, sample()); got != sampleWide {
		t.Errorf("the wide form is\n%s", got)
	}
	if got := longText(t, sample()); got != sampleLong {
		t.Errorf("the long form is\n%s", got)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	for name, text := range map[string]string{"wide": sampleWide, "long": sampleLong} {
		for _, read := range []func() (*Table, *diag.List){
			func() (*Table, *diag.List) {
				var probs diag.List
				return Read("f.csv", strings.NewReader("\ufeff"+strings.ReplaceAll(text, "\n", "\r\n")), &probs), &probs
			},
			func() (*Table, *diag.List) {
				var probs diag.List
				if name == "long" {
					return ReadLong("f.csv", strings.NewReader(text), &probs), &probs
				}
				return ReadWide("f.csv", strings.NewReader(text), &probs), &probs
			},
		} {
			got, probs := read()
			if len(probs.Problems()) > 0 || !reflect.DeepEqual(got.Rows(), sample().Rows()) {
				t.Errorf("%s: %v, read are %+v", name, probs.Problems(), got.Rows())
			}
		}
	}
}

func TestATableAnswers(t *testing.T) {
	table := sample()
	s := Series{"ailca 1.0", "Low", "World", "Efficiency|PUE", ""}
	if v, ok := table.Value(s, 2025); v != 1.1 || !ok {
		t.Errorf("the value is %v, %v", v, ok)
	}
	if _, ok := table.Value(s, 2026); ok {
		t.Error("there is a value of 2026")
	}
	if _, ok := table.Value(Series{}, 2025); ok {
		t.Error("there is a value of no series")
	}
	if years := table.Years(); !slices.Equal(years, []int{2025, 2030}) || table.Len() != 6 {
		t.Errorf("%d values of the years %v", table.Len(), years)
	}
}

func TestATextThatASpreadsheetWouldComputeComesBack(t *testing.T) {
	var table Table
	table.Add(Series{"=cmd()", "'quoted", "World", "Share", "-"}, 2025, 1)
	got := wideText(t, &table)
	if want := "Model,Scenario,Region,Variable,Unit,2025\n'=cmd(),''quoted,World,Share,'-,1\n"; got != want {
		t.Errorf("written is\n%s", got)
	}
	var probs diag.List
	if read := Read("f.csv", strings.NewReader(got), &probs); !reflect.DeepEqual(read.Rows(), table.Rows()) {
		t.Errorf("read is %+v", read.Rows())
	}
}

// names are of a few words, so that series share them; values are any that are finite.
var (
	drawnSeries = rapid.Custom(func(t *rapid.T) Series {
		word := rapid.SampledFrom([]string{"A", "B b", "Ähre", "C, d", "x", "=x", "'y"})
		v := rapid.SampledFrom([]string{"Energy", "Energy|Use", "Water, Blue"}).Draw(t, "variable")
		return Series{word.Draw(t, "model"), word.Draw(t, "scenario"), word.Draw(t, "region"), v, map[string]string{"Energy": "MJ", "Energy|Use": "", "Water, Blue": "-"}[v]}
	})
	drawnValue = rapid.Float64().Filter(func(v float64) bool { return !math.IsInf(v, 0) && !math.IsNaN(v) })
)

func TestTheOrderOfAddingChangesNoByteAndAllComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type value struct {
			Series
			year  int
			value float64
		}
		values := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) value {
			return value{drawnSeries.Draw(t, "series"), rapid.IntRange(2020, 2024).Draw(t, "year"), drawnValue.Draw(t, "value")}
		}), 1, 40, func(v value) any { return [2]any{v.Series, v.year} }).Draw(t, "values")
		fill := func() *Table {
			var table Table
			for _, v := range values {
				table.Add(v.Series, v.year, v.value)
			}
			return &table
		}
		one := fill()
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		other := fill()
		for name, write := range map[string]func(*Table, *bytes.Buffer) error{
			"wide": func(t *Table, b *bytes.Buffer) error { return t.WriteWide(b) },
			"long": func(t *Table, b *bytes.Buffer) error { return t.WriteLong(b) },
			"xlsx": func(t *Table, b *bytes.Buffer) error { return t.WriteXLSX(b) },
		} {
			var a, b bytes.Buffer
			if err := write(one, &a); err != nil {
				t.Fatal(err)
			}
			if err := write(other, &b); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Fatalf("%s: another order gives other bytes", name)
			}
			if name == "xlsx" {
				continue
			}
			var probs diag.List
			read := Read("f.csv", &a, &probs)
			if probs.Err() != nil || !sameRows(read.Rows(), one.Rows()) {
				t.Fatalf("%s: %v, read are %+v", name, probs.Err(), read.Rows())
			}
		}
	})
}

// sameRows compares to the bit: 0 is not −0.
func sameRows(a, b []Row) bool {
	return slices.EqualFunc(a, b, func(x, y Row) bool {
		return x.Series == y.Series && slices.EqualFunc(x.Points, y.Points, func(p, q Point) bool {
			return p.Year == q.Year && math.Float64bits(p.Value) == math.Float64bits(q.Value)
		})
	})
}
