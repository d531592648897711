package factors

import (
	"bytes"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

const millionPack = `pack: million
version: "1"
status: draft
date: "2026-01-31"
title: A million rows
factors:
  - {name: generation, title: Generation, per: kWh, keys: [region, year, technology]}
tables:
  - file: rows.csv
    licence: CC0-1.0
    constant: {factor: generation, unit: g CO2e/kWh, category: climate_change, distribution: "pedigree(2,1,1,1,2)", quality: modelled, series: made-up,
      source: "Made up", url: "https://example.org/", released: 2026-01}
`

// million is a pack of a million rows: countries by years by technologies.
func million() fstest.MapFS {
	var text bytes.Buffer
	text.WriteString("region,technology,valid_from,valid_to,value\n")
	rows := 0
	for technology := 0; rows < 1_000_000; technology++ {
		for _, code := range names.Regions().Codes() {
			if len(code) != 3 {
				continue
			}
			for year := 2000; year < 2025 && rows < 1_000_000; year++ {
				fmt.Fprintf(&text, "%s,technology-%d,%d,%d,%d.%d\n", code, technology, year, year, 20+(rows*7919)%900, rows%97)
				rows++
			}
		}
	}
	return fstest.MapFS{"p/pack.yaml": {Data: []byte(millionPack)}, "p/rows.csv": {Data: text.Bytes()}}
}

func loadMillion(b testing.TB, fsys fstest.MapFS) *Pack {
	var probs diag.List
	p := Load(fsys, "p", &probs)
	if err := probs.Err(); err != nil || len(p.Rows) != 1_000_000 {
		b.Fatal(err, len(p.Rows))
	}
	return p
}

func BenchmarkLoadMillionRows(b *testing.B) {
	fsys := million()
	b.SetBytes(int64(len(fsys["p/rows.csv"].Data)))
	for b.Loop() {
		loadMillion(b, fsys)
	}
}

func BenchmarkLintMillionRows(b *testing.B) {
	p := loadMillion(b, million())
	for b.Loop() {
		p.Lint()
	}
}

// lookups are keys spread over all of the pack: countries, technologies and years, some of which are found by fallbacks.
func lookups(f *Finder) (regions, technologies []int32, years []int) {
	codes := names.Regions().Codes()
	for i := range 1 << 16 {
		n := i * 2654435761 >> 7
		regions = append(regions, f.Region(codes[8+n%240]))
		technologies = append(technologies, f.Technology(fmt.Sprint("technology-", n/240%150)))
		years = append(years, 2000+n/36000%27)
	}
	return regions, technologies, years
}

func BenchmarkFind(b *testing.B) {
	p := loadMillion(b, million())
	pol, _ := NewPolicy(Step{Kind: NearestYear, Max: 5}, Step{Kind: ParentRegion})
	f := p.NewFinder("generation", "climate_change", Select{}, pol)
	regions, technologies, years := lookups(f)
	var sum float64
	found := 0
	for b.Loop() {
		for i := range regions {
			if r := f.Row(regions[i], technologies[i], years[i]); r != nil {
				sum += r.Value
				found++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(regions)), "ns/lookup")
	if found < b.N*len(regions)/2 || sum <= 0 {
		b.Fatal("most keys are to be found")
	}
}

func BenchmarkResolveByNames(b *testing.B) {
	p := loadMillion(b, million())
	pol, _ := NewPolicy(Step{Kind: NearestYear, Max: 5}, Step{Kind: ParentRegion})
	k := Key{Factor: "generation", Category: "climate_change", Region: "FRA", Technology: "technology-3", Year: 2012}
	for b.Loop() {
		if _, err := p.Resolve(k, Select{}, pol); err != nil {
			b.Fatal(err)
		}
	}
}
