package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// files is a folder in memory.
type files map[string]*file

type file struct{ bytes.Buffer }

func (f *file) Close() error { return nil }

func (f files) create(name string) (io.WriteCloser, error) {
	if f[name] != nil {
		return nil, errors.New(name + " is written twice")
	}
	f[name] = &file{}
	return f[name], nil
}

// inventory makes an inventory of CSV texts, each a file of its own.
func inventory(t testing.TB, kind string, texts ...string) *datasets.Inventory {
	t.Helper()
	k, _ := datasets.KindByName(kind)
	var probs diag.List
	var in []datasets.File
	for i, text := range texts {
		table := datasets.FromCSV(k, "t.csv", strings.NewReader(text), &probs)
		if table == nil {
			t.Fatal(probs.Err())
		}
		var b bytes.Buffer
		if err := datasets.WriteInventory(&b, k, table); err != nil {
			t.Fatal(err)
		}
		in = append(in, datasets.File{Name: fmt.Sprintf("%s-%d.parquet", kind, i+1), R: bytes.NewReader(b.Bytes()), Size: int64(b.Len())})
	}
	inv := datasets.OpenInventory(k, in, &probs)
	if inv == nil {
		t.Fatal(probs.Err())
	}
	return inv
}

func metadata() *Metadata {
	m := &Metadata{Name: "x", Version: "1.0.0", Licence: "CC-BY-4.0", Contributors: []Contributor{ParseContributor("Lovelace, Ada <ada@example.org>")}}
	m.Complete(&diag.List{})
	return m
}

const (
	hardwareHead = "hardware_id,name,class,source,url,licence,quality\n"
	hardwareRow  = "h100,H100,accelerator,maker,https://example.org/h100,CC-BY-4.0,reported\n"
	fleetHead    = "fleet_id,hardware_id,in_service,count,count_basis,scope,source,licence,quality,confidentiality\n"
)

func write(t testing.TB, m *Metadata, inventories ...*datasets.Inventory) (files, *Package, *diag.List, error) {
	t.Helper()
	var probs diag.List
	out := files{}
	p, err := Write(context.Background(), m, inventories, Options{}, out.create, &probs)
	return out, p, &probs, err
}

func TestAPackageSaysWhatItsTablesHold(t *testing.T) {
	fleet := fleetHead + "f1,h100,2024-03-01,8,installed,volume,\"=cmd()\",ODbL-1.0,reported,public\nf2,h100,2025-06-30,8,installed,volume,s2,CC-BY-4.0,reported,\n"
	out, p, probs, err := write(t, metadata(), inventory(t, "fleet", fleet), inventory(t, "hardware", hardwareHead+hardwareRow))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"CITATION.cff", "README.md", "SHA256SUMS", "data/fleet.csv", "data/fleet.parquet", "data/hardware.csv", "data/hardware.parquet", "datapackage.json", "ro-crate-metadata.json"}
	if got := slices.Sorted(maps.Keys(out)); !slices.Equal(got, want) {
		t.Errorf("the package holds %q", got)
	}
	var d Descriptor
	if err := json.Unmarshal(out[DescriptorFile].Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Created != "2025-06-30T00:00:00Z" {
		t.Errorf("its day is %s, the newest date in a row is 2025-06-30", d.Created)
	}
	csv := d.Resources[0]
	if csv.Path != "data/fleet.csv" || csv.Rows != 2 || csv.Bytes != int64(out[csv.Path].Len()) || csv.Hash == "" || len(csv.Sources) != 2 || csv.Licenses[0].Rows != 1 {
		t.Errorf("the CSV file is described as %+v", csv)
	}
	if f := csv.Table.Column("count"); f == nil || f.Unit != "1" || f.UCUM != "1" || f.Constraints == nil || f.Constraints.Minimum == nil {
		t.Errorf("count is described as %+v", f)
	}
	if k := csv.Table.ForeignKeys; len(k) != 1 || k[0].Reference.Resource != "hardware" || !slices.Equal(csv.Table.PrimaryKey, []string{"fleet_id"}) {
		t.Errorf("keys: %+v, %v", k, csv.Table.PrimaryKey)
	}
	if csv.Table.Column("retired") != nil || !slices.Contains(csv.EmptyColumns, "retired") || csv.Table.Column("confidentiality") == nil {
		t.Errorf("columns that no row fills: %v", csv.EmptyColumns)
	}
	if text := out["data/fleet.csv"].String(); !strings.Contains(text, ",'=cmd(),") {
		t.Errorf("a formula stands in the CSV file:\n%s", text)
	}
	// What asks to share alike is said, on the way and in the package.
	if text := fmt.Sprint(probs.Problems()); !strings.Contains(text, "1 row of fleet is under ODbL-1.0, which asks to share alike; the package is under CC-BY-4.0") {
		t.Errorf("told: %s", text)
	}
	if text := out[ReadmeFile].String(); !strings.Contains(text, "share alike: what builds on these rows") {
		t.Errorf("the README does not say so:\n%s", text)
	}
	if !bytes.Contains(out[SumsFile].Bytes(), []byte("  data/fleet.parquet\n")) || len(p.Sum) != 64 {
		t.Errorf("digests:\n%s", out[SumsFile].String())
	}
}

// Neither how the rows are cut into files nor anything but the rows and the metadata is in the bytes.
func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	var rows []string
	for i := range 50 {
		rows = append(rows, fmt.Sprintf("h%d,H,accelerator,source %d,https://example.org/%d,CC-BY-4.0,reported\n", i, i%7, i%3))
	}
	m := metadata()
	m.Created = "2025-01-01"
	whole, _, _, err := write(t, m, inventory(t, "hardware", hardwareHead+strings.Join(rows, "")))
	if err != nil {
		t.Fatal(err)
	}
	cut, _, _, err := write(t, m, inventory(t, "hardware", hardwareHead+strings.Join(rows[:20], ""), hardwareHead+strings.Join(rows[20:], "")))
	if err != nil {
		t.Fatal(err)
	}
	for name := range whole {
		if !bytes.Equal(whole[name].Bytes(), cut[name].Bytes()) {
			t.Errorf("%s has other bytes where the rows come in two files", name)
		}
	}
}

func TestRowsThatMayNotBePublishedAreNamed(t *testing.T) {
	fleet := fleetHead + "f1,h100,2024-03-01,8,installed,volume,s,CC-BY-4.0,reported,public\nf2,h100,2024-03-01,8,installed,volume,s,CC-BY-4.0,reported,aggregate\n"
	_, _, _, err := write(t, metadata(), inventory(t, "fleet", fleet))
	if want := "fleet-1.parquet row 2 column confidentiality: the row may be published only within a sum over rows of several contributors [confidential]"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	closed := hardwareHead + strings.Replace(hardwareRow, "CC-BY-4.0", "CC-BY-NC-4.0", 1)
	m := metadata()
	m.Created = "2025-01-01"
	_, _, _, err = write(t, m, inventory(t, "hardware", closed))
	if want := "1 row of hardware is under CC-BY-NC-4.0, which does not let everyone pass the data on [licence-forbids]"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	m.Licence = "CC-BY-NC-4.0"
	if _, _, _, err := write(t, m, inventory(t, "hardware", closed)); err != nil {
		t.Errorf("under that very licence: %v", err)
	}
	unknown := hardwareHead + strings.Replace(hardwareRow, "CC-BY-4.0", "ours", 1)
	_, _, _, err = write(t, m, inventory(t, "hardware", unknown))
	if want := `1 row of hardware is under "ours", which the registry of licences does not know [no-licence]`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestAnInventoryWithErrorsIsRefused(t *testing.T) {
	fleet := fleetHead + "f1,h200,2024-03-01,8,installed,volume,s,CC-BY-4.0,reported,public\n"
	_, _, _, err := write(t, metadata(), inventory(t, "fleet", fleet), inventory(t, "hardware", hardwareHead+hardwareRow))
	if err == nil || !strings.Contains(err.Error(), "[unknown-reference]") {
		t.Errorf("a reference that leads nowhere: %v", err)
	}
	_, _, _, err = write(t, metadata(), inventory(t, "hardware", hardwareHead+hardwareRow))
	if err == nil || !strings.Contains(err.Error(), "the day of the package is not known") {
		t.Errorf("without any date: %v", err)
	}
}

func TestManySourcesAreListedToABoundAndCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString(hardwareHead)
	for i := range maxSources + 20 {
		fmt.Fprintf(&b, "h%d,H,accelerator,source %d,,CC-BY-4.0,reported\n", i, i)
	}
	m := metadata()
	m.Created = "2025-01-01"
	out, p, _, err := write(t, m, inventory(t, "hardware", b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Descriptor.Resources[0]; len(r.Sources) != maxSources || r.MoreRows != 20 {
		t.Errorf("%d sources, %d rows of others", len(r.Sources), r.MoreRows)
	}
	if text := out[ReadmeFile].String(); !strings.Contains(text, "datapackage.json lists 450 more.") || !strings.Contains(text, "20 rows come from further sources") {
		t.Error("the README does not count them")
	}
}

func TestEveryUnitOfAKindHasItsCode(t *testing.T) {
	for _, k := range datasets.Kinds() {
		for _, f := range k.Columns {
			if f.Unit != "" && ucum()[f.Unit] == "" {
				t.Errorf("%s.%s: units.csv lacks %s", k.Name, f.Name, f.Unit)
			}
		}
	}
}

func TestMetadataThatIsWrongIsToldAtItsPlace(t *testing.T) {
	var probs diag.List
	m := LoadMetadata("package.yaml", []byte(`name: My data
version: "1 0"
created: 2025-02-30
homepage: ftp://example.org
doi: https://doi.org/10.1/x
contributors:
  - {family: Lovelace, orcid: 0000-0002-1825-0097, roles: [boss]}
  - {email: nobody}
titel: x
`), &probs)
	var got []string
	for _, p := range probs.Problems() {
		got = append(got, fmt.Sprintf("%d %s", p.Place.Line, p.Message))
	}
	want := []string{`1 "My data": small letters, digits, - . and _ make a name`, `2 "1 0": letters, digits, . - + and _ make a version, such as 1.0.0 or 2025.1`,
		`3 "2025-02-30": a day is written YYYY-MM-DD`, `4 "ftp://example.org": an address begins with https:// or http://`,
		`5 "https://doi.org/10.1/x": a DOI is written as 10.5281/zenodo.1234567`, `7 "0000-0002-1825-0097": an ORCID is written as https://orcid.org/0000-0002-1825-0097`,
		`7 "boss": a role is one of author, publisher, maintainer, wrangler, contributor`, `8 "": a contributor has a name, or a family name and a given one`,
		`8 "nobody": not an address of e-mail`, `9 unknown key "titel"`}
	if !slices.Equal(got, want) {
		t.Errorf("told:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	probs = diag.List{}
	(&Metadata{}).Complete(&probs)
	if probs.Count(diag.Error) != 4 {
		t.Errorf("name, version, licence and contributors are missing; told: %v", probs.Problems())
	}
	if m == nil || m.Contributors[0].Family != "Lovelace" {
		t.Errorf("read as %+v", m)
	}
}

// What a stranger wrote into a row is no markup in the README, no formula in the CSV file and no key in CITATION.cff.
func TestTextsOfStrangersStayTexts(t *testing.T) {
	m := metadata()
	m.Title, m.Created = "a: \"b\" # c", "2025-01-01"
	row := "\"<script>alert(1)</script>|x\",\"[a](javascript:b)\",accelerator,\"<img src=x>\",\"https://example.org/><b>\",CC-BY-4.0,reported\n"
	out, _, _, err := write(t, m, inventory(t, "hardware", hardwareHead+row))
	if err != nil {
		t.Fatal(err)
	}
	if text := out[ReadmeFile].String(); strings.Contains(text, "<img") && !strings.Contains(text, `\<img`) || strings.Contains(text, "><b>") {
		t.Errorf("the README has markup of a row:\n%s", text)
	}
	if text := out[CitationFile].String(); !strings.Contains(text, `title: "a: \"b\" # c"`) {
		t.Errorf("CITATION.cff:\n%s", text)
	}
}

func TestACitationHasWhatTheFormatAsksFor(t *testing.T) {
	m := metadata()
	m.Created, m.DOI, m.Keywords = "2025-01-01", "10.5281/zenodo.1", []string{"a", "b"}
	m.Contributors = append(m.Contributors, Contributor{Name: "Org", URL: "https://example.org", Roles: []string{"author"}})
	var b bytes.Buffer
	if err := citation(m).Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `cff-version: "1.2.0"
message: "If you use these data, please cite them as below, and the sources that their rows name."
type: "dataset"
title: "x"
version: "1.0.0"
date-released: "2025-01-01"
license: "CC-BY-4.0"
doi: "10.5281/zenodo.1"
keywords:
  - "a"
  - "b"
authors:
  - name: "Org"
    website: "https://example.org"
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}
