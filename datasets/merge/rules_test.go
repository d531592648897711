package merge

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// run is a row of the tests' table: what is not given is usual.
func run(id string, values ...string) string {
	of := map[string]string{"run_id": id, "model_id": "m", "phase": "pretraining", "energy": "100", "energy_boundary": "facility", "energy_basis": "metered", "region": "FRA", "year": "2024", "scope": "volume",
		"source": "book", "licence": "CC-BY-4.0", "quality": "measured"}
	for i := 0; i < len(values); i += 2 {
		of[values[i]] = values[i+1]
	}
	var cells []string
	for name := range strings.SplitSeq(strings.TrimSuffix(header, "\n"), ",") {
		cells = append(cells, of[name])
	}
	return strings.Join(cells, ",")
}

// secret is a confidential one.
func secret(id string, values ...string) string {
	return run(id, append([]string{"confidentiality", "aggregate"}, values...)...)
}

func TestRulesOfMerging(t *testing.T) {
	for name, c := range map[string]struct {
		said []said
		want string // rows by id: the energy, and what is not usual
	}{
		"rows of two contributors stand side by side": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Bob", nil, []string{run("b", "energy", "200")}}},
			"a 100; b 200"},
		"the same row is kept once, that of the earlier submission": {
			[]said{{"2025-01-02", "Ada", nil, []string{run("a", "origin_row", "2")}}, {"2025-01-01", "Bob", nil, []string{run("a", "origin_row", "1")}}},
			"a 100 origin_row=1"},
		"the same values with another provenance are one row, that of the better class": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a", "quality", "reported", "source", "paper")}}, {"2025-01-02", "Bob", nil, []string{run("a")}}},
			"a 100"},
		"of two statements the one of the better class counts": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a", "quality", "reported")}}, {"2025-01-02", "Bob", nil, []string{run("a", "energy", "90")}}},
			"a 90; a~Ada 100 quality=reported alternative_to=a"},
		"of the same class the one of the fuller boundary": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a", "energy_boundary", "node")}}, {"2025-01-02", "Bob", nil, []string{run("a", "energy", "130")}}},
			"a 130; a~Ada 100 energy_boundary=node alternative_to=a"},
		"else the one of the earlier submission": {
			[]said{{"2025-01-02", "Ada", nil, []string{run("a")}}, {"2025-01-01", "Bob", nil, []string{run("a", "energy", "90")}}},
			"a 90; a~Ada 100 alternative_to=a"},
		"of three one counts": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Bob", nil, []string{run("a", "energy", "90")}}, {"2025-01-03", "Cyd", nil, []string{run("a", "energy", "80")}}},
			"a 100; a~Bob 90 alternative_to=a; a~Cyd 80 alternative_to=a"},
		"a correction takes the place of the row, and then agrees with another contributor's": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Bob", nil, []string{run("a", "energy", "90")}}, {"2025-01-03", "Bob", []string{"a"}, []string{run("a")}}},
			"a 100"},
		"a correction of the provenance alone": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Ada", []string{"a"}, []string{run("a", "quality", "reported")}}},
			"a 100 quality=reported"},
		"parts follow their whole where it gets another id": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Bob", nil, []string{run("a", "energy", "90"), run("p", "energy", "9", "part_of", "a")}}},
			"a 100; a~Bob 90 alternative_to=a; p 9 part_of=a~Bob"},
		"a part may name another contributor's whole": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Bob", nil, []string{run("p", "energy", "9", "part_of", "a")}}},
			"a 100; p 9 part_of=a"},
		"a public row counts before a confidential one": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a")}}, {"2025-01-02", "Bob", nil, []string{run("a", "energy", "90", "quality", "defaulted")}}},
			"a 90 quality=defaulted"},
		"a sum of three contributors": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "energy", "50", "quality", "reported")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "70")}}},
			"sum 220 quality=reported"},
		"days within a year are that year": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "year", "", "started", "2024-02-03", "ended", "2024-04-05")}},
				{"2025-01-03", "Cyd", nil, []string{secret("c", "year", "", "started", "2024-12-31")}}},
			"sum 300"},
		"days of two years are the first of the one and the last of the other": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "year", "", "started", "2023-12-30", "ended", "2024-01-02")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "year", "", "started", "2023-02-03", "ended", "2024-04-05")}},
				{"2025-01-03", "Cyd", nil, []string{secret("c", "year", "", "started", "2023-07-01", "ended", "2024-07-01")}}},
			"sum 300 started=2023-01-01 ended=2024-12-31 year="},
		"a mean is weighted": { // (100 × 1.1 + 50 × 1.4 + 50 × 1.2) / 200
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "pue", "1.1")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "energy", "50", "pue", "1.4")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "50", "pue", "1.2")}}},
			"sum 200 pue=1.2"},
		"a mean of the same values would be each one's": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "pue", "1.1")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "pue", "1.1")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "pue", "1.1")}}},
			"sum 300"},
		"a mean needs a value of each": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "pue", "1.1")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "pue", "1.2")}}, {"2025-01-03", "Cyd", nil, []string{secret("c")}}},
			"sum 300"},
		"a total of some rows would pass for one of all, and one without any total is none": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a"), run("r")}}, {"2025-01-02", "Bob", nil, []string{secret("b")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "", "energy_boundary", "facility")}}},
			"r 100"},
		"who has nothing has no share": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a"), run("r")}}, {"2025-01-02", "Bob", nil, []string{secret("b")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "0")}}},
			"r 100"},
		"nobody may have nearly all": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "energy", "1000"), run("r")}}, {"2025-01-02", "Bob", nil, []string{secret("b")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "70")}}},
			"r 100"},
		"nobody may tell another one's share nearly": { // Bob takes his 199 from 1000 and knows Ada's 800 to within 1
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "energy", "800"), run("r")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "energy", "199")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "1")}}},
			"r 100"},
		"a third contributor with a tenth of the largest share is enough": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a", "energy", "800"), run("r")}}, {"2025-01-02", "Bob", nil, []string{secret("b", "energy", "199")}}, {"2025-01-03", "Cyd", nil, []string{secret("c", "energy", "80")}}},
			"r 100; sum 1079"},
		"two submissions of one contributor are one share": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a"), run("r")}}, {"2025-01-02", "Bob", nil, []string{secret("b")}}, {"2025-01-03", "bob", nil, []string{secret("c")}}},
			"r 100"},
		"a confidential row may take the place of a public one": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a"), run("r")}}, {"2025-01-02", "Ada", []string{"a"}, []string{secret("a", "energy", "101.5")}}},
			"r 100"},
	} {
		t.Run(name, func(t *testing.T) {
			var folders []string
			input := 0
			for _, s := range c.said {
				folders = append(folders, submit(t, s))
				input += len(s.rows)
			}
			v, dir, problems := merged(t, "1", folders...)
			if v == nil {
				t.Fatal(problems)
			}
			who := map[string]string{}
			for i, o := range v.Origins {
				who[o.Digest[:8]] = c.said[slices.IndexFunc(c.said, func(s said) bool { return s.date == v.Origins[i].Date })].contributor
			}
			if got := brief(t, dir, who); got != c.want {
				t.Errorf("got  %s\nwant %s\n%s", got, c.want, content(t, dir)[ChangesFile])
			}
			accounted(t, dir, input, map[string]int{})
		})
	}
}

// brief writes rows as the cases do.
func brief(t *testing.T, dir string, who map[string]string) string {
	t.Helper()
	kind, _ := datasets.KindByName("training_runs")
	name := func(id string) string {
		if stated, digest, ok := strings.Cut(id, "~"); ok {
			return stated + "~" + who[digest]
		}
		if strings.HasPrefix(id, "sum-") {
			return "sum"
		}
		return id
	}
	usual := map[string]string{}
	for i, text := range strings.Split(run(""), ",") {
		usual[strings.Split(strings.TrimSuffix(header, "\n"), ",")[i]] = text
	}
	for _, told := range []string{"run_id", "energy", "origin_file", "origin_digest", "assumption", "model_id", "source", "licence"} {
		delete(usual, told)
	}
	var out []string
	for id, row := range rows(t, dir) {
		text := name(id) + " " + show(&field{Field: lca.Field{Type: lca.Number}}, row["energy"])
		for _, f := range kind.Columns {
			want, looked := usual[f.Name]
			got := show(&f, row[f.Name])
			if f.Name == "origin_row" && got == fmt.Sprint(row["origin_row"].number) && strings.HasPrefix(row["origin_file"].text, "runs.parquet") {
				got = "" // filled in by the merge
			}
			if (looked || f.Name == "part_of" || f.Name == "alternative_to") && got != want {
				text += " " + f.Name + "=" + name(got)
			}
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func TestWhatIsNotMerged(t *testing.T) {
	for name, c := range map[string]struct {
		said []said
		want string
	}{
		"a row that the same contributor stated otherwise": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", " ADA ", nil, []string{run("a", "energy", "90", "region", "DEU")}}},
			`folder/runs.parquet row 1 column run_id: the row "a" is not the one that the same contributor handed in before: it differs in energy, region [duplicate-id]`},
		"two corrections of one day": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a")}}, {"2025-01-02", "Ada", []string{"a"}, []string{run("a", "energy", "90")}}, {"2025-01-02", "Ada", []string{"a"}, []string{run("a", "energy", "91")}}},
			`two submissions of 2025-01-02 correct the row "a" [duplicate-id]`},
		"a part of what nobody has": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("p", "part_of", "whole")}}},
			`folder/runs.parquet row 1 column part_of: no row of training_runs in this version has the id "whole" [unknown-reference]`},
		"a part of what became confidential": {
			[]said{{"2025-01-01", "Ada", nil, []string{run("a"), run("p", "part_of", "a")}}, {"2025-01-02", "Ada", []string{"a"}, []string{secret("a", "energy", "90")}}},
			`folder/runs.parquet row 2 column part_of: the row names "a", which is confidential now [unknown-reference]`},
		"another contributor's part of a confidential row": {
			[]said{{"2025-01-01", "Ada", nil, []string{secret("a")}}, {"2025-01-02", "Bob", nil, []string{run("p", "part_of", "a")}}},
			`folder/runs.parquet row 1 column part_of: no row of training_runs in this version has the id "a" [unknown-reference]`},
	} {
		t.Run(name, func(t *testing.T) {
			var folders []string
			for _, s := range c.said {
				folders = append(folders, submit(t, s))
			}
			if v, _, problems := merged(t, "1", folders...); v != nil || !strings.Contains(problems, c.want) {
				t.Errorf("got %s\nwant %s", problems, c.want)
			}
		})
	}
}

func TestACorrectionOfWhatIsWithinASumOfTheBaseIsRefused(t *testing.T) {
	var folders []string
	for i, who := range []string{"Ada", "Bob", "Cyd"} {
		folders = append(folders, submit(t, said{fmt.Sprintf("2025-01-0%d", i+1), who, nil, []string{secret(who, "energy", fmt.Sprint(90+i))}}))
	}
	_, base, _ := merged(t, "1", folders...)
	again := submit(t, said{"2025-02-01", "Ada", []string{"Ada"}, []string{secret("Ada", "energy", "95")}})
	if v, _, problems := merged(t, "2", base, again); v != nil || !strings.Contains(problems, "both would be counted") {
		t.Error(problems)
	}
	if v, dir, problems := merged(t, "2", append(folders, again)...); v == nil || !strings.Contains(brief(t, dir, nil), "sum 278") { // 95 + 91 + 92
		t.Error(problems)
	}
	public := submit(t, said{"2025-02-01", "Ada", []string{"Ada"}, []string{run("Ada", "energy", "95")}})
	if v, _, problems := merged(t, "2", base, public); v != nil || !strings.Contains(problems, "both would be counted") {
		t.Errorf("the correction is public: %s", problems)
	}
}

// The rows within a sum of the base are not known any more. Where they are handed in once more with a new one, the difference of the sums is that one.
func TestNoSecondSumOfAGroupTellsWhatIsNew(t *testing.T) {
	submissions := func(month int, who ...string) (out []string) {
		for i, w := range who {
			out = append(out, submit(t, said{fmt.Sprintf("2025-%02d-%02d", month, i+1), w, nil, []string{secret(w, "energy", fmt.Sprint(90+i))}}))
		}
		return out
	}
	_, base, _ := merged(t, "1", submissions(1, "Ada", "Bob", "Cyd")...)
	v, dir, problems := merged(t, "2", append(submissions(2, "Ada", "Bob", "Cyd", "Dan"), base)...)
	if v == nil || brief(t, dir, nil) != "sum 273" || !strings.Contains(string(content(t, dir)[ChangesFile]), "suppressed,4,") {
		t.Errorf("%s %s\n%s", brief(t, dir, nil), problems, content(t, dir)[ChangesFile])
	}
}

func TestAMeanIsNotEverybodysValue(t *testing.T) {
	for other, want := range map[string]string{"0": "", "7": "1.25625"} { // where it weighs nothing the mean would be 1.25, which everybody has
		var folders []string
		for i, who := range []string{"Ada", "Bob", "Cyd"} {
			rows := []string{secret(who, "energy", fmt.Sprint(90+i), "pue", "1.25")}
			if who == "Cyd" {
				rows = append(rows, secret("z", "energy", other, "pue", "1.5"))
			}
			folders = append(folders, submit(t, said{fmt.Sprintf("2025-01-0%d", i+1), who, nil, rows}))
		}
		_, dir, problems := merged(t, "1", folders...)
		all := rows(t, dir)
		if len(all) != 1 {
			t.Fatal(problems)
		}
		for _, row := range all {
			if got := show(&field{Field: lca.Field{Type: lca.Number}}, row["pue"]); got != want {
				t.Errorf("with a row of %s kWh the mean is %q, want %q", other, got, want)
			}
		}
	}
}

// Whoever knows the public rows of a table could try values of the confidential one until the digest of the table is right.
func TestTheDigestOfATableWithConfidentialRowsIsNotTold(t *testing.T) {
	mixed := submit(t, said{"2025-01-01", "Ada", nil, []string{run("a"), secret("s", "energy", "7")}})
	public := submit(t, said{"2025-01-02", "Bob", nil, []string{run("b")}})
	_, dir, _ := merged(t, "1", mixed, public)
	all := rows(t, dir)
	if got := all["a"]["origin_digest"]; got.there || !all["a"]["origin_file"].there {
		t.Errorf("the digest of a table with a confidential row is %v", got)
	}
	if got := all["b"]["origin_digest"].text; len(got) != 71 {
		t.Errorf("the digest of a public table is %q", got)
	}
}

// What changes.csv says of a confidential row does not depend on its values: somebody may have handed in a guess of them under its id.
func TestAGuessOfAConfidentialRowIsNotConfirmed(t *testing.T) {
	said := func(energy string) string {
		var folders []string
		folders = append(folders, submit(t, said{"2025-01-01", "Ada", nil, []string{secret("a")}}), submit(t, said{"2025-01-02", "Bob", nil, []string{run("a", "energy", energy)}}))
		_, dir, _ := merged(t, "1", folders...)
		var out []string
		for _, c := range changes(t, dir) {
			out = append(out, c["action"]+" "+c["rows"]+" "+c["reason"])
		}
		return strings.Join(out, "; ")
	}
	if right, wrong := said("100"), said("90"); right != wrong {
		t.Errorf("a guess that is right gives %q, one that is wrong %q", right, wrong)
	}
}

func TestRowsWithoutIDsAreAllKept(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "log.csv")
	log := "model_id,requests,energy,energy_boundary,region,year,scope,source,licence,quality\n" + strings.Repeat("m,1,0.5,node,FRA,2024,volume,a log,CC-BY-4.0,measured\n", 3)
	if err := os.WriteFile(file, []byte(log), 0o666); err != nil {
		t.Fatal(err)
	}
	s := submitFiles(t, said{date: "2025-01-01", contributor: "Ada"}, file)
	v, first, problems := merged(t, "1", s)
	if v == nil {
		t.Fatal(problems)
	}
	other := submit(t, said{"2025-01-02", "Bob", nil, []string{run("a")}})
	v, second, problems := merged(t, "2", first, other)
	if v == nil || !bytes.Equal(content(t, first)["deployments.parquet"], content(t, second)["deployments.parquet"]) {
		t.Error(problems)
	}
	if n := opened(t, second).inventories["deployments"].TotalRows(); n != 3 {
		t.Errorf("%d rows", n)
	}
}

func TestMoreRowsThanAreHeldInMemoryAreRefused(t *testing.T) {
	s := submit(t, said{"2025-01-01", "Ada", nil, []string{run("a"), run("b"), run("c")}})
	var probs diag.List
	v, err := Merge(context.Background(), []string{s}, Options{Name: "test", Version: "1", Date: "2026-01-01", Submission: options, most: 2}, &probs)
	if v != nil || err != nil || !strings.Contains(probs.Err().Error(), "/runs.parquet: 3 rows of training_runs would be merged, most of them of this file; at most 2 are [too-large]") || !strings.Contains(probs.Err().Error(), "a request log is published as it is") {
		t.Errorf("%v %v", err, probs.Err())
	}
}

// A version that somebody made by hand, its digests right, is not believed either.
func TestAForgedVersionIsRefused(t *testing.T) {
	_, good, _ := merged(t, "1", submit(t, said{"2025-01-01", "Ada", nil, []string{run("a")}}))
	files := content(t, good)
	for name, c := range map[string]struct {
		spoil func(files map[string][]byte)
		want  string
	}{
		"a YAML file without end": {func(f map[string][]byte) { f[DatasetFile] = bytes.Repeat([]byte("["), 1<<20) }, "nested deeper than 48 levels"},
		"a YAML file with a NUL":  {func(f map[string][]byte) { f[DatasetFile] = append([]byte("a\x00"), f[DatasetFile]...) }, "the file is not UTF-8 text"},
		"a table that is none":    {func(f map[string][]byte) { f["training_runs.parquet"] = []byte("PAR1") }, "the digest of training_runs.parquet is not the one that SHA256SUMS lists"},
		"statements of nobody": {func(f map[string][]byte) {
			f[DatasetFile] = bytes.Replace(f[DatasetFile], []byte(`date: "2025-01-01"`), []byte(`date: "yesterday"`), 1)
		}, "this is no submission"},
		"statements that are no table": {func(f map[string][]byte) { f[StatementsFile] = []byte("PAR1PAR1") }, "not readable as Parquet"},
		"a place in the order that no submission has": {func(f map[string][]byte) {
			var out bytes.Buffer
			if err := writeStatements(&out, []statementRow{{Kind: "training_runs", ID: "a", Stated: "a", Since: "nobody"}}); err != nil {
				t.Fatal(err)
			}
			f[StatementsFile] = out.Bytes()
		}, "the row names no row of a submission of this version"},
		"a file too many": {func(f map[string][]byte) { f["more.csv"] = nil }, "more.csv: the file is no part of a version"},
		"a later format": {func(f map[string][]byte) {
			f[DatasetFile] = bytes.Replace(f[DatasetFile], []byte(`format: "1"`), []byte(`format: "9"`), 1)
		}, "this is format 9 of datasets; format 1 is read"},
	} {
		t.Run(name, func(t *testing.T) {
			forged := map[string][]byte{}
			for name, text := range files {
				if name != folder.Sums {
					forged[name] = text
				}
			}
			c.spoil(forged)
			dir := filepath.Join(t.TempDir(), "forged")
			w := &folder.Writer{Create: creator(t, dir)}
			for name, text := range forged {
				if err := w.Text(name, text); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			var probs diag.List
			d, err := Open(context.Background(), dir, 1, &probs)
			if d != nil || err != nil || probs.Err() == nil || !strings.Contains(probs.Err().Error(), c.want) {
				t.Errorf("%v %v", err, probs.Err())
			}
		})
	}
}

func TestFormulasOfASpreadsheetAreNeutralised(t *testing.T) {
	for text, want := range map[string]string{"": "", "r1": "r1", "-1.5": "-1.5", "=1+1": "'=1+1", "@x": "'@x", "'x": "''x", "-x": "'-x", "+1e3": "+1e3", "＝1": "'＝1"} {
		if got := neutral(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}
