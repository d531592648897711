package factors

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const tableHeader = "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,source,url,released,licence,note,series\n"

// stack lays a pack and CSV files over each other, the undermost first.
func stack(t testing.TB, o Options, yaml, rows string, over ...string) (*Pack, *diag.List) {
	t.Helper()
	fsys := fstest.MapFS{"p/pack.yaml": {Data: []byte(yaml)}, "p/rows.csv": {Data: []byte(tableHeader + rows)}}
	layers := []At{{fsys, "p", "p"}}
	for i, text := range over {
		name := fmt.Sprintf("over-%d.csv", i+1)
		fsys[name] = &fstest.MapFile{Data: []byte(tableHeader + text)}
		layers = append(layers, At{fsys, name, name})
	}
	var probs diag.List
	return Stack(layers, o, &probs), &probs
}

const mixRows = `mix,,FRA,coal,2020,2021,0.5,1,fixed,,,,,,reported,S,,2024,CC0-1.0,,
mix,,FRA,wind,2020,2021,0.5,1,fixed,,,,,,reported,S,,2024,CC0-1.0,,
mix,,DEU,coal,2020,2020,1,1,fixed,,,,,,reported,S,,2024,CC0-1.0,,
generation,climate_change,,coal,,,1,kg CO2e/kWh,fixed,,,,,,reported,S,,2024,CC0-1.0,,
generation,climate_change,,wind,,,0,kg CO2e/kWh,fixed,,,,,,reported,S,,2024,CC0-1.0,,
electricity,climate_change,POL,,2020,2020,0.9,kg CO2e/kWh,fixed,,,,,,reported,S,,2024,CC0-1.0,,
electricity,climate_change,DEU,,2020,2020,0.95,kg CO2e/kWh,fixed,,,,,,reported,S,,2024,CC0-1.0,,
`

func TestTheUppermostLayerStands(t *testing.T) {
	const (
		coal   = "generation,climate_change,,coal,,,2,kg CO2e/kWh,fixed,,,,,,reported,own,,2020,CC0-1.0,,\n"
		france = "electricity,climate_change,FRA,,2021,2021,70,g CO2e/kWh,fixed,,,,,,reported,own,,2020,CC0-1.0,,\n"
		mix    = "mix,,FRA,coal,2021,2021,0.1,1,fixed,,,,,,reported,own,,2020,CC0-1.0,,\nmix,,FRA,wind,2021,2021,0.9,1,fixed,,,,,,reported,own,,2020,CC0-1.0,,\n"
	)
	for name, tc := range map[string]struct {
		over []string
		want string // FRA 2020, 2021, DEU, POL: value, and the layers it was taken from where they are not the pack alone
	}{
		"nothing is laid over":                                        {nil, "0.5 0.5 0.95 0.9"},
		"a value of its own place and year":                           {[]string{france}, "0.5 70[over-1.csv:2:1] 0.95 0.9"},
		"what is derived is derived from it, what is published stays": {[]string{coal}, "1[over-1.csv:2:1] 1[over-1.csv:2:1] 0.95 0.9"},
		"a mix":                                    {[]string{mix}, "0.5 0.1[over-1.csv:2:1 over-1.csv:3:1] 0.95 0.9"},
		"a mix and a value":                        {[]string{mix, coal}, "1[over-2.csv:2:1] 0.2[over-1.csv:2:1 over-2.csv:2:1 over-1.csv:3:1] 0.95 0.9"},
		"a value over a mix":                       {[]string{mix, france}, "0.5 70[over-2.csv:2:1] 0.95 0.9"},
		"a mix over a value":                       {[]string{france, mix}, "0.5 0.1[over-2.csv:2:1 over-2.csv:3:1] 0.95 0.9"},
		"a value and a mix of one layer":           {[]string{mix + france}, "0.5 70[over-1.csv:4:1] 0.95 0.9"},
		"two values":                               {[]string{france, strings.Replace(france, ",70,", ",71,", 1)}, "0.5 71[over-2.csv:2:1] 0.95 0.9"},
		"an older release over a later one":        {[]string{strings.NewReplacer("FRA,,2021,2021", "POL,,2020,2020", ",2020,CC0", ",1999,CC0").Replace(france)}, "0.5 0.5 0.95 70[over-1.csv:2:1]"},
		"a value for any year":                     {[]string{strings.Replace(france, "FRA,,2021,2021", "POL,,,", 1)}, "0.5 0.5 0.95 70[over-1.csv:2:1]"},
		"another place changes nothing of these":   {[]string{strings.Replace(france, "FRA", "NOR", 1)}, "0.5 0.5 0.95 0.9"},
		"a technology that no mix has changes nil": {[]string{strings.Replace(coal, "coal", "peat", 1)}, "0.5 0.5 0.95 0.9"},
	} {
		t.Run(name, func(t *testing.T) {
			p, probs := stack(t, Options{}, minimix, mixRows, tc.over...)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range []Key{{Region: "FRA", Year: 2020}, {Region: "FRA", Year: 2021}, {Region: "DEU", Year: 2020}, {Region: "POL", Year: 2020}} {
				at.Factor, at.Category = "electricity", "climate_change"
				f, err := p.Resolve(at, Select{}, Policy{})
				if err != nil {
					t.Fatal(err)
				}
				answer := fmt.Sprint(f.Row.Value)
				var places []string
				for _, part := range p.Overlaid(f.Row) {
					places = append(places, part.Place().String())
				}
				if places != nil {
					answer += fmt.Sprint(places)
				}
				if p.Layer(f.Row).Overlay != (places != nil) {
					t.Errorf("%v is of the layer %s", at, p.Layer(f.Row).Ref)
				}
				got = append(got, answer)
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), tc.want)
			}
		})
	}
}

func TestAStackSaysWhatItIsMadeOf(t *testing.T) {
	const over = `electricity,climate_change,POL,,2019,2021,0.8,kg CO2e/kWh,fixed,,,,,,reported,own,,2025,CC0-1.0,,
electricity,climate_change,POL,,2022,2022,0.7,kg CO2e/kWh,fixed,,,,,,reported,own,,2026,CC0-1.0,,
electricity,climate_change,FRA,,2021,2021,0.1,kg CO2e/kWh,fixed,,,,,,reported,own,,2025,CC0-1.0,,
`
	p, probs := stack(t, Options{AsOf: "2025-12-31"}, minimix, mixRows, over)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	if p.Ref() != "minimix@1+over-1.csv as of 2025-12-31" || p.Name != "minimix" || p.Status != "draft" || len(p.Layers) != 2 {
		t.Errorf("the stack is %s, %s, of %d layers", p.Ref(), p.Status, len(p.Layers))
	}
	// Poland's row and the derived one of France stand behind a row of the file.
	under, upper := p.Layers[0], p.Layers[1]
	if under.Rows != 7 || under.Later != 0 || under.Masks != 0 || under.Overlay || under.Path != "p" {
		t.Errorf("the layer beneath is %+v", under)
	}
	if upper.Rows != 2 || upper.Later != 1 || upper.Masks != 2 || !upper.Overlay || upper.Path != "over-1.csv" || upper.Status != "draft" {
		t.Errorf("the layer above is %+v", upper)
	}
	digests := map[string]string{p.Digest: "the stack", under.Digest: "the layer beneath", upper.Digest: "the layer above"}
	for name, o := range map[string]Options{"all days": {}, "another day": {AsOf: "2026-12-31"}} {
		p, _ := stack(t, o, minimix, mixRows, over)
		digests[p.Digest] = name
		if p.Layers[0].Digest != under.Digest || p.Layers[1].Digest != upper.Digest {
			t.Errorf("%s: other digests of the layers", name)
		}
	}
	p, _ = stack(t, Options{}, minimix, mixRows)
	digests[p.Digest] = "the pack alone"
	if len(digests) != 5 || digests[under.Digest] != "the pack alone" {
		t.Errorf("the digests are of %v", digests)
	}
}

func TestSeriesOfUpperLayersArePreferred(t *testing.T) {
	yaml := func(name, series string) string {
		out := strings.Replace(miniature, "pack: mini", "pack: "+name, 1) + "series:\n"
		for _, s := range strings.Fields(series) {
			out += fmt.Sprintf("  - {name: %s, title: T, why: said by %s}\n", s, name)
		}
		return out
	}
	fsys := fstest.MapFS{"a/pack.yaml": {Data: []byte(yaml("a", "x y z"))}, "b/pack.yaml": {Data: []byte(yaml("b", "z w"))},
		"a/rows.csv": {Data: []byte(tableHeader + `embodied,climate_change,,gpu,,,1,kg CO2e,fixed,,,,,,reported,S,,2026,CC0-1.0,,x
embodied,climate_change,,gpu,,,2,kg CO2e,fixed,,,,,,reported,S,,2025,CC0-1.0,,z
`)}}
	for want, layers := range map[string][]string{"x a y a z a: 1": {"a"}, "z b w b x a y a: 2": {"a", "b"}} {
		var at []At
		for _, l := range layers {
			at = append(at, At{fsys, l, l})
		}
		var probs diag.List
		p := Stack(at, Options{}, &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range p.Series {
			got = append(got, s.Name, strings.TrimPrefix(s.Why, "said by "))
		}
		f, err := p.Resolve(Key{Factor: "embodied", Category: "climate_change", Technology: "gpu"}, Select{}, Policy{})
		if err != nil || fmt.Sprint(strings.Join(got, " "), ": ", f.Row.Value) != want {
			t.Errorf("%v: got %v: %v, want %s; %v", layers, got, f.Row, want, err)
		}
	}
}

func TestAStackIsReleasedWhereAllLayersAre(t *testing.T) {
	fsys := fstest.MapFS{"d/pack.yaml": {Data: []byte(miniature)}, "d/rows.csv": {Data: []byte(tableHeader + "embodied,climate_change,,gpu,,,1,kg CO2e,fixed,,,,,,reported,S,,2026,CC0-1.0,,\n")}}
	fsys["r/pack.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(miniature, "draft", "released", 1))}
	fsys["r/rows.csv"] = fsys["d/rows.csv"]
	fsys["own.csv"] = fsys["d/rows.csv"]
	sums, err := Sums(fsys, "r")
	if err != nil {
		t.Fatal(err)
	}
	fsys["r/"+SumsFile] = &fstest.MapFile{Data: sums}
	for layers, want := range map[string]string{"r": "released", "d": "draft", "r r": "released", "r d": "draft", "d r": "draft", "r own.csv": "draft", "r own.csv r": "draft"} {
		var at []At
		for _, name := range strings.Fields(layers) {
			at = append(at, At{fsys, name, name})
		}
		var probs diag.List
		if p := Stack(at, Options{}, &probs); p.Status != want || probs.Err() != nil {
			t.Errorf("%s is %s, want %s; %v", layers, p.Status, want, probs.Err())
		}
	}
}

func TestLayersAreOneAtLeastAndSixteenAtMost(t *testing.T) {
	fsys := fstest.MapFS{"p/pack.yaml": {Data: []byte(miniature)}, "p/rows.csv": {Data: []byte(tableHeader + "embodied,climate_change,,gpu,,,1,kg CO2e,fixed,,,,,,reported,S,,2026,CC0-1.0,,\n")}}
	for n, want := range map[int]string{0: "no factor pack is given [not-found]", 16: "", 17: "p: at most 16 packs are laid over each other [too-large]"} {
		var probs diag.List
		p := Stack(slices.Repeat([]At{{fsys, "p", "p"}}, n), Options{}, &probs)
		if got := strings.Join(headlines(&probs), "\n"); !strings.HasSuffix(got, want) || (probs.Err() == nil) != (want == "") || (p == nil) != (want != "") {
			t.Errorf("%d layers: %q, want %q", n, got, want)
		}
		if p != nil && p.Layer(&p.Rows[15]) != &p.Layers[15] {
			t.Errorf("row 15 is of the layer %+v", p.Layer(&p.Rows[15]))
		}
	}
	var probs diag.List
	if p := Stack([]At{{fsys, "p/rows.csv", "rows.csv"}}, Options{}, &probs); p != nil || probs.Err() == nil {
		t.Error("a CSV file lies on nothing")
	}
}

func TestADayLeavesOutWhatWasPublishedLater(t *testing.T) {
	const rows = `electricity,climate_change,FRA,,2020,2020,1,g CO2e/kWh,fixed,,,,,,reported,S,,2024,CC0-1.0,,
electricity,climate_change,FRA,,2020,2020,2,g CO2e/kWh,fixed,,,,,,reported,S,,2025-02,CC0-1.0,,
electricity,climate_change,FRA,,2020,2020,3,g CO2e/kWh,fixed,,,,,,reported,S,,2025-03-14,CC0-1.0,,
`
	key := Key{Factor: "electricity", Category: "climate_change", Region: "FRA", Year: 2020}
	for day, want := range map[string]string{
		"": "3", "2025-03-14": "3", "2025-03-13": "2", "2025-02-28": "2", "2025-02-27": "1", "2024-12-31": "1", "9999-12-31": "3",
		"2024-12-30": "p/pack.yaml: the pack holds no row that was published by 2024-12-30 [missing-value]",
		"2025-02-29": `a pack is read as of a day such as 2025-06-30, not "2025-02-29" [bad-value]`,
		"2025-02":    `a pack is read as of a day such as 2025-06-30, not "2025-02" [bad-value]`,
		"today":      `a pack is read as of a day such as 2025-06-30, not "today" [bad-value]`,
	} {
		p, probs := stack(t, Options{AsOf: day}, miniature, rows)
		got := ""
		for _, line := range headlines(probs) {
			if !strings.Contains(line, "warning: ") {
				got += line
			}
		}
		if probs.Err() == nil {
			f, err := p.Resolve(key, Select{}, Policy{})
			if err != nil {
				t.Fatal(err)
			}
			got = fmt.Sprint(f.Row.Value)
		}
		if got != want {
			t.Errorf("as of %q: got %s, want %s", day, got, want)
		}
	}
}

// Who reads a pack as of a day is told so where a value is missing: it may have been published later.
func TestAMissingValueSaysTheDay(t *testing.T) {
	const rows = "electricity,climate_change,FRA,,2020,2020,1,g CO2e/kWh,fixed,,,,,,reported,S,,2024,CC0-1.0,,\n" +
		"electricity,climate_change,DEU,,2020,2020,2,g CO2e/kWh,fixed,,,,,,reported,S,,2025-02,CC0-1.0,,\n"
	p, probs := stack(t, Options{AsOf: "2024-12-31"}, miniature, rows)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	_, err := p.Resolve(Key{Factor: "electricity", Category: "climate_change", Region: "DEU", Year: 2020}, Select{}, Policy{})
	if err == nil || !strings.HasSuffix(err.Error(), ": as of 2024-12-31 the pack holds no row of it here") {
		t.Error(err)
	}
}
