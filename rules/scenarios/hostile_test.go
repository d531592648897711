package scenarios

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// A file of very many keys, years, drivers or regions is refused, or loads, in little time and memory.
func TestVeryLargeFilesAreBounded(t *testing.T) {
	list := func(n int, entry string) string { // with %d in it as often as it takes
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(entry, "%d", fmt.Sprint(i)))
		}
		return b.String()
	}
	countries := func(n int, course string) string {
		var b strings.Builder
		for _, code := range names.Regions().Codes()[:n] {
			fmt.Fprintf(&b, "%q: %s, ", code, course)
		}
		return b.String()
	}
	long := strings.NewReplacer("from: 2024", "from: 1970", "to: 2030", "to: 2200").Replace(head)
	for _, c := range []struct {
		name, body string
		want       diag.Code // empty: it loads
	}{
		{"300 regions", "drivers: {volume: {basis: derived, by: region, of: {" + countries(300, "{growth: 1 %}") + "}}}\n" + head, ""},
		{"301 regions", "drivers: {volume: {basis: derived, by: region, of: {" + countries(301, "{growth: 1 %}") + "}}}\n" + head, diag.TooLarge},
		{"300 regions and tasks over 231 years", "drivers: {volume: {basis: derived, by: region, of: {" + countries(300, "{value: 1}") + "}}, model_size: {basis: derived, by: task, of: {" + list(20, "t%d: {value: 1}, ") + "}}}\n" + long, diag.TooLarge},
		{"300 regions of all drivers over 6 years", "drivers: {volume: {basis: derived, by: region, of: {" + countries(300, "{value: 1}") + "}}}\nterms: {" + list(300, "a%d: {basis: derived, value: 1}, ") + "}\n" + head, ""},
		{"300 terms by region over 231 years", "drivers: {volume: {basis: derived, by: region, of: {" + countries(20, "{value: 1}") + "}}}\nterms: {" + list(300, "a%d: {basis: derived, value: 1}, ") + "}\n" + long, diag.TooLarge},
		{"301 terms", "terms: {" + list(301, "a%d: {basis: derived, value: 1}, ") + "}\n" + head, diag.TooLarge},
		{"300 terms that read each other", "terms: {" + list(298, "a%d: {basis: derived, expr: a%d0 + year}, ") + list(298, "") + "}\n" + head, diag.UnknownName},
		{"300 formulas by task", "terms: {" + list(300, "a%d: {basis: derived, by: task, of: {x: {expr: year}, otherwise: hold}}, ") + "}\n" + head, diag.TooLarge},
		{"100 formulas by task", "terms: {" + list(100, "a%d: {basis: derived, by: task, of: {x: {expr: year}, otherwise: hold}}, ") + "}\n" + head, ""},
		{"a ladder of 60 formulas that each read two twice, the lowest held", "drivers: {volume: {basis: derived, by: region, of: {USA: {value: 1}}}}\nterms: {a0: {basis: derived, expr: volume}, b0: {basis: derived, expr: volume}, " + func() string {
			var b strings.Builder
			for i := 1; i < 60; i++ {
				fmt.Fprintf(&b, "a%d: {basis: derived, expr: a%d + b%d}, b%d: {basis: derived, expr: a%d - b%d}, ", i, i-1, i-1, i, i-1, i-1)
			}
			return b.String()
		}() + "}\n" + head, ""},
		{"101 groups", "regions: {" + list(101, "g%d: {title: G, members: [FRA, DEU, USA]}, ") + "}\n" + head, diag.TooLarge},
		{"100 groups of the same members", "regions: {" + list(100, "g%d: {title: G, members: ["+strings.Repeat("FRA, DEU, ", 25)+"]}, ") + "}\ndrivers: {volume: {basis: derived, by: region, of: {" + list(100, "g%d: {value: 1}, ") + "}}}\n" + head, ""},
		{"a group of thousands of members", "regions: {g: {title: G, members: [" + list(6000, "FRA, ") + "]}}\ndrivers: {volume: {basis: derived, by: region, of: {g: {value: 1}}}}\n" + head, ""},
		{"a series of thousands of years", "drivers: {volume: {basis: derived, series: {" + list(4000, "%d: 1, ") + "}}}\n" + head, diag.OutOfRange},
		{"thousands of rates", "drivers: {volume: {basis: derived, growth: {" + list(4000, "%d: 1 %, ") + "}}}\n" + head, diag.OutOfRange},
		{"years without end", "drivers: {volume: {basis: derived, series: {2024: 1, 2030: 2}}}\n" + strings.Replace(head, "to: 2030", "to: 9223372036854775807", 1), diag.OutOfRange},
		{"years from the beginning", "drivers: {volume: {basis: derived, growth: 1 %}}\n" + strings.Replace(head, "from: 2024", "from: -9223372036854775808", 1), diag.OutOfRange},
		{"thousands of published numbers", "drivers: {volume: {basis: derived, value: 1}}\npublished: [" + list(2500, "{what: w, driver: volume, year: 2024, value: 2, class: exact}, ") + "]\n" + head, diag.TooLarge},
		{"a formula of 1000 parts", "drivers: {volume: {basis: derived, expr: year" + strings.Repeat(" + year", 400) + "}}\n" + long, diag.TooLarge},
		{"100 formulas of 60 parts", "terms: {" + list(100, "a%d: {basis: derived, expr: exp(0"+strings.Repeat("+ ln(year)", 30)+")}, ") + "}\n" + long, ""},
		{"a formula of a million bytes", "drivers: {volume: {basis: derived, expr: year" + strings.Repeat("+year", 200_000) + "}}\n" + long, diag.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			s, problems := loaded(map[string]string{"mine.yaml": c.body})
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 10*time.Second || mib > 1024 {
				t.Errorf("it took %s and %d MiB", took, mib)
			} else {
				t.Logf("%s, %d MiB", took.Round(time.Millisecond), mib)
			}
			if c.want == "" && s == nil || c.want != "" && !slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Code == c.want }) {
				t.Errorf("%d problems, want %q: %.500v", len(problems), c.want, problems)
			}
			for _, p := range problems {
				if p.Place.Line == 0 && p.Code != diag.TooLarge {
					t.Errorf("no place: %s", p)
				}
			}
		})
	}
}
