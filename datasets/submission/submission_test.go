package submission

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var options = Options{Jobs: 1}

const form = `title: Runs
date: 2025-06-30
contributor: {name: Ada Lovelace}
licence: CC-BY-4.0
measurement: {instrument: a meter, boundary: the facility, sampling: all of it, not_covered: none}
attestation: {statement: I measured these data and have the right to publish them., name: Ada Lovelace, date: 2025-06-30}
`

const table = `run_id,model_id,phase,energy,energy_boundary,region,year,scope,source,licence,quality,confidentiality
one,m,pretraining,3000,facility,FRA,2024,volume,lab book,CC-BY-4.0,measured,
two,m,pretraining,300,facility,FRA,2024,volume,lab book,CC-BY-4.0,measured,aggregate
`

// made writes a submission of the table and returns its files.
func made(t *testing.T) map[string][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "runs.csv")
	if err := os.WriteFile(file, []byte(table), 0o666); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	d, err := Prepare(context.Background(), []string{file}, LoadForm("form.yaml", []byte(form), &probs), options, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	files := map[string]*buffer{}
	err = d.Write(context.Background(), func(name string) (io.WriteCloser, error) {
		files[name] = &buffer{}
		return files[name], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for name, b := range files {
		out[name] = b.Bytes()
	}
	return out
}

type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

// sealed writes files with their right digests, as whoever forges a submission would, and opens them.
func sealed(t *testing.T, files map[string][]byte) (*Submission, string) {
	t.Helper()
	dir := t.TempDir()
	w := &folder.Writer{Create: func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }}
	for name, text := range files {
		if name == folder.Sums {
			continue
		}
		if err := w.Text(name, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	s, err := Open(context.Background(), dir, options, &probs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	var all []string
	for _, p := range probs.Problems() {
		all = append(all, strings.ReplaceAll(p.String(), filepath.ToSlash(dir), "dir"))
	}
	return s, strings.Join(all, "\n")
}

func TestASubmissionIsOpenedAsItWasMade(t *testing.T) {
	s, problems := sealed(t, made(t))
	if s == nil {
		t.Fatal(problems)
	}
	if s.Title != "Runs" || s.Contributor.Identity() != "name:ada lovelace" || len(s.Tables) != 1 || s.Tables[0].Rows != 2 || s.Tables[0].Confidential != 1 || s.Tables[0].From != "runs.csv" {
		t.Errorf("%+v %+v", s.Form, s.Tables)
	}
	kind, _ := datasets.KindByName("training_runs")
	var probs diag.List
	if inv := s.Inventory(kind, &probs); inv == nil || inv.TotalRows() != 2 {
		t.Error(probs.Err())
	}
	a, b := made(t), made(t)
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s has other bytes the second time", name)
		}
	}
	if !bytes.Contains(a[ReadmeFile], []byte("**Rows of this submission are confidential.**")) {
		t.Errorf("the README does not warn of confidential rows:\n%s", a[ReadmeFile])
	}
}

// Whoever hands data in is told of what tells of a person, and of rows that are the same, ahead of handing them in.
func TestWhatTellsOfAPersonIsToldBeforeItIsHandedIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs.csv")
	if err := os.WriteFile(file, []byte(strings.Replace(table, "lab book", "jane.doe@uni.fr", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	d, err := Prepare(context.Background(), []string{file}, LoadForm("form.yaml", []byte(form), &probs), options, &probs)
	if err != nil || d == nil {
		t.Fatal(err, probs.Err())
	}
	defer d.Close()
	if text := string(d.yaml()); !strings.Contains(text, "[personal-data]") || strings.Contains(text, "jane") {
		t.Errorf("the warnings are\n%s", text)
	}
}

// The digest of a file tells what is hidden in it to whoever knows the rest: no public row shows it, of whatever kind.
func TestAPublicRowDoesNotShowTheDigestOfAConfidentialOnesFile(t *testing.T) {
	const of, other = "sha256:0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "sha256:0bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	const said = "a public row has the digest of a file from which a confidential row was read, too [bad-value]"
	runs := func(first, second, third string) string {
		lines := strings.SplitAfter(table, "\n")
		line := func(i int, digest string) string { return strings.TrimSuffix(lines[i], "\n") + "," + digest + "\n" }
		return line(0, "origin_digest") + line(1, first) + strings.Replace(line(1, second), "one", "three", 1) + line(2, third)
	}
	service := func(digest string) string {
		return "deployment_id,model_id,energy,energy_boundary,region,year,scope,source,licence,quality,origin_digest\ns,m,3,facility,FRA,2024,volume,lab book,CC-BY-4.0,measured," + digest + "\n"
	}
	for name, c := range map[string]struct {
		runs, services string
		want           []string
	}{
		"two public rows of the file":        {runs(of, strings.ToUpper(of), of), service(""), []string{"runs.csv row 1 column origin_digest: " + said}},
		"rows of other files":                {runs(other, "", of), service(other), nil},
		"public rows of one file":            {runs(other, other, ""), service(other), nil},
		"a public row of another kind":       {runs("", "", of), service(of), []string{"services.csv row 1 column origin_digest: " + said}},
		"public rows of both kinds and file": {runs("", of, of), service(of), []string{"runs.csv row 2 column origin_digest: " + said, "services.csv row 1 column origin_digest: " + said}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var paths []string
			for file, text := range map[string]string{"runs.csv": c.runs, "services.csv": c.services} {
				paths = append(paths, filepath.Join(dir, file))
				if err := os.WriteFile(paths[len(paths)-1], []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			var probs diag.List
			d, err := Prepare(context.Background(), paths, LoadForm("form.yaml", []byte(form), &probs), options, &probs)
			if d != nil {
				d.Close()
			}
			if err != nil || (d == nil) != (c.want != nil) || probs.Count(diag.Error) != len(c.want) {
				t.Errorf("%v, %v", err, probs.Err())
			}
			for _, want := range c.want {
				if !slices.ContainsFunc(probs.Problems(), func(p diag.Problem) bool { return strings.Contains(p.String(), want) }) {
					t.Errorf("got %v\nwant %s", probs.Problems(), want)
				}
			}
		})
	}
}

func TestAForgedSubmissionIsRefused(t *testing.T) {
	good := made(t)
	said := func(old, new string) func(map[string][]byte) {
		return func(f map[string][]byte) {
			if !bytes.Contains(f[FormFile], []byte(old)) {
				t.Fatalf("the form has no %q", old)
			}
			f[FormFile] = bytes.Replace(f[FormFile], []byte(old), []byte(new), 1)
		}
	}
	for name, c := range map[string]struct {
		spoil func(files map[string][]byte)
		want  string
	}{
		"a form without an end":                       {func(f map[string][]byte) { f[FormFile] = bytes.Repeat([]byte("{a: "), 1<<18) }, "dir/submission.yaml:1:193: nested deeper than 48 levels [too-large]"},
		"a form that is longer yet":                   {func(f map[string][]byte) { f[FormFile] = bytes.Repeat([]byte("["), 1<<21) }, "at most 1048576 are read [too-large]"},
		"a form with a NUL":                           {func(f map[string][]byte) { f[FormFile] = append(f[FormFile], 0) }, "dir/submission.yaml: the file is not UTF-8 text [syntax]"},
		"a form with an anchor":                       {said(`title: "Runs"`, `title: &a "Runs"`), "YAML anchors are not accepted here"},
		"no form":                                     {func(f map[string][]byte) { delete(f, FormFile) }, "dir/submission.yaml: the file is missing: this is no submission [missing-file]"},
		"a form of another format":                    {said(`submission: "1"`, `submission: "2"`), `this is format "2" of submissions; format 1 is read [bad-value]`},
		"a form without rights":                       {said(`statement: "I measured these data and have the right to publish them."`, `statement: ""`), "attestation.statement is not filled in [missing-key]"},
		"a form with hidden text":                     {said(`title: "Runs"`, `title: "Runs\u202e"`), "title: the text holds characters that nobody sees [bad-value]"},
		"a table that is elsewhere":                   {said(`file: "runs.parquet"`, `file: "../runs.parquet"`), `the submission holds no table "../runs.parquet" [missing-file]`},
		"a table that is the form":                    {said(`file: "runs.parquet"`, `file: "submission.yaml"`), `the submission holds no table "submission.yaml" [missing-file]`},
		"a table of no kind":                          {said(`kind: training_runs`, `kind: runs`), `no kind "runs" [unknown-name]`},
		"a table of another kind":                     {said(`kind: training_runs`, `kind: fleet`), "has no column"},
		"a table of more rows":                        {said(`rows: 2`, `rows: 3`), "the table has 2 rows, 1 of them confidential; submission.yaml says 3 and 1 [bad-value]"},
		"a table of less to hide":                     {said(`confidential: 1`, `confidential: 0`), "the table has 2 rows, 1 of them confidential; submission.yaml says 2 and 0 [bad-value]"},
		"a table that nobody lists":                   {func(f map[string][]byte) { f["more.parquet"] = f["runs.parquet"] }, "dir/more.parquet: the file is no table of the submission, and nothing reads it [refused-construct]"},
		"a program beside the tables":                 {func(f map[string][]byte) { f["open-me.exe"] = []byte("MZ") }, "dir/open-me.exe: the file is no table of the submission, and nothing reads it [refused-construct]"},
		"a contributor whom the README does not name": {said(`name: "Ada Lovelace"`, `name: "Z Lab"`), "dir/README.md:3: the README is not the one that submission.yaml and the tables give, from this line on [bad-value]"},
		"a README with a line more":                   {func(f map[string][]byte) { f[ReadmeFile] = append(bytes.Clone(f[ReadmeFile]), "More.\n"...) }, "the README is not the one that submission.yaml and the tables give"},
		"a README that ends too early":                {func(f map[string][]byte) { f[ReadmeFile] = f[ReadmeFile][:40] }, "the README is not the one that submission.yaml and the tables give"},
		"no README":                                   {func(f map[string][]byte) { delete(f, ReadmeFile) }, "dir/README.md: the file is missing: a submission has one [missing-file]"},
		"a table that is none": {func(f map[string][]byte) {
			f["runs.parquet"] = append([]byte("PAR1"), append(bytes.Repeat([]byte{0xff}, 64), "PAR1"...)...)
		}, "the digest of runs.parquet is not the one that SHA256SUMS lists [digest-mismatch]"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string][]byte{}
			for name, text := range good {
				files[name] = text
			}
			c.spoil(files)
			if s, problems := sealed(t, files); s != nil || !strings.Contains(problems, c.want) {
				t.Errorf("got %s\nwant %s", problems, c.want)
			}
		})
	}
}

func TestWhatIsNoTableIsSaid(t *testing.T) {
	const notes = "the columns do not tell of which kind the inventory is [unknown-name]"
	for name, c := range map[string]struct{ text, kind, want string }{
		"a workbook":                        {"PK\x03\x04\x14\x00rest", "", "this is a ZIP archive or a workbook [syntax]"},
		"a workbook whose kind is told":     {"PK\x03\x04\x14\x00rest", "training_runs", "this is a ZIP archive or a workbook [syntax]"},
		"a compressed file":                 {"\x1f\x8b\x08rest", "", "this file is compressed [syntax]"},
		"an empty file":                     {"", "", "the file is empty [syntax]"},
		"a mark and lines without anything": {"\ufeff\n \r\n", "", "the file is empty [syntax]"},
		"semicolons":                        {strings.ReplaceAll(table, ",", ";"), "", "the columns are separated by semicolons, and commas are read [syntax]\n   save the table with commas and decimal points, or turn it into Parquet: ailca import mapped"},
		"semicolons where the kind is told": {strings.ReplaceAll(table, ",", ";"), "training_runs", "the columns are separated by semicolons"},
		"tabs":                              {strings.ReplaceAll(table, ",", "\t"), "", "the columns are separated by tabs"},
		"bars":                              {strings.ReplaceAll(table, ",", "|"), "", "the columns are separated by bars"},
		"one column of no kind":             {"note\nx\n", "", notes},
		"commas and a semicolon":            {"a,b;c\n1,2\n", "", notes},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "runs.csv")
			if err := os.WriteFile(file, []byte(c.text), 0o666); err != nil {
				t.Fatal(err)
			}
			var probs diag.List
			o := options
			o.Kind = c.kind
			d, err := Prepare(context.Background(), []string{file}, LoadForm("form.yaml", []byte(form), &probs), o, &probs)
			if d != nil || err != nil || probs.Err() == nil || probs.Count(diag.Error) != 1 || !strings.Contains(probs.Err().Error(), "runs.csv: "+c.want) {
				t.Errorf("got %v\nwant %s", probs.Err(), c.want)
			}
		})
	}
}

// A warning quotes what stands in the data, whatever characters these hold: the README is the one that is made of the warning as it is read again.
func TestAWarningOfUnseenCharactersIsReadAgain(t *testing.T) {
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.BadValue, Severity: diag.Warning, Message: "a\x01 b\ufeff c"})
	d := &Draft{Form: LoadForm("form.yaml", []byte(form), &probs)}
	d.warn(nil, &probs)
	again := &Draft{Form: d.Form, Tables: d.Tables}
	for _, w := range d.warnings {
		again.warnings = append(again.warnings, plain(w))
	}
	if !bytes.Equal(d.readme(), again.readme()) {
		t.Errorf("%s\n%s", d.readme(), again.readme())
	}
}

func TestLinesOfTheForm(t *testing.T) {
	for name, c := range map[string]struct{ key, value, want string }{
		"a title in two lines":             {"title", "Runs\nof ours", "title: one line is expected"},
		"a title without end":              {"title", strings.Repeat("x", 9000), "title: the text has more than 8,000 bytes"},
		"a day that there is not":          {"date", "2025-02-30", `date: "2025-02-30" is not a date`},
		"an ORCID with an X":               {"contributor.orcid", "0000-0002-9079-593X", ""},
		"an ORCID with a wrong X":          {"contributor.orcid", "0000-0002-1825-009X", "its check digit is wrong"},
		"an ORCID as an address":           {"contributor.orcid", "https://orcid.org/0000-0002-1825-0097", "is no ORCID"},
		"an ORCID of letters":              {"contributor.orcid", "0000-0002-18b5-0097", "is no ORCID"},
		"an address with a name":           {"contributor.email", "Ada <ada@example.org>", "is no address"},
		"a licence nearly":                 {"licence", "CC-BY-4", "did you mean CC-BY-4.0? known are AGPL-3.0-only"},
		"a licence that forbids to change": {"licence", "CC-BY-ND-4.0", "does not let others pass the data on, change them"},
		"a word of ours that is none":      {"licence", "cited figures", `"cited figures" is no licence that is known`},
		"a statement of one word":          {"attestation.statement", "yes", "this is no statement"},
		"a statement of the form's words":  {"attestation.statement", "A sentence of yours: that you have the right", "this is no statement"},
		"an empty line that must not be":   {"measurement.boundary", "  ", "measurement.boundary is not filled in"},
		"an empty line that may be":        {"contributor.affiliation", "  ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			f := LoadForm("form.yaml", []byte(form), &probs)
			for _, field := range Fields() {
				if field.Key == c.key {
					f.Set(field, c.value)
				}
			}
			f.check(options, &probs)
			switch err := probs.Err(); {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || probs.Count(diag.Error) != 1):
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestContributorsAreToldApart(t *testing.T) {
	ada := Contributor{Name: "Ada  Lovelace"}
	if ada.Identity() != (Contributor{Name: " ada LOVELACE"}).Identity() {
		t.Error("case and spacing make another contributor")
	}
	known := Contributor{Name: "Ada Lovelace", ORCID: "0000-0002-1825-0097"}
	if ada.Identity() == known.Identity() || known.Identity() != (Contributor{Name: "A. Lovelace", ORCID: "0000-0002-1825-0097"}).Identity() {
		t.Error("an ORCID does not tell contributors apart")
	}
}

// The form that is printed has every line, and nothing else.
func TestTheTemplateIsTheForm(t *testing.T) {
	var probs diag.List
	f := LoadForm("template.yaml", []byte(Template()), &probs)
	if f == nil || probs.Err() != nil {
		t.Fatal(probs.Err())
	}
	for _, field := range Fields() {
		if at := field.Key; f.root.Get(strings.Split(at, ".")[0]) == nil || strings.Contains(at, ".") && f.root.Get(strings.Split(at, ".")[0]).Get(strings.Split(at, ".")[1]) == nil {
			t.Errorf("the form has no line %s", field.Key)
		}
		if *field.of(f) != "" {
			t.Errorf("%s is filled in", field.Key)
		}
	}
	f.check(options, &probs)
	needed := 0
	for _, field := range Fields() {
		if field.Needed != "" {
			needed++
		}
	}
	if probs.Count(diag.Error) != needed {
		t.Errorf("%d problems of %d lines that are needed", probs.Count(diag.Error), needed)
	}
}

func FuzzLoadForm(f *testing.F) {
	f.Add([]byte(form))
	f.Add([]byte(Template()))
	f.Add([]byte("corrects: [a, a, \"\"]\ncontributor: {orcid: 0000-0000-0000-0000}\ntables: 1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var probs diag.List
		form := LoadForm("form.yaml", text, &probs)
		if form == nil {
			return
		}
		form.check(options, &probs)
		if probs.Count(diag.Error) > 0 {
			return
		}
		// What is valid is written so that it is read again as the same.
		d := &Draft{Form: form}
		again := LoadForm("again.yaml", bytes.Replace(d.yaml(), []byte("tables:\n"), nil, 1), &probs)
		if probs.Err() != nil || again == nil {
			t.Fatalf("%v\n%s", probs.Err(), d.yaml())
		}
		for _, field := range Fields() {
			if *field.of(form) != *field.of(again) {
				t.Fatalf("%s is %q, read again %q", field.Key, *field.of(form), *field.of(again))
			}
		}
	})
}
