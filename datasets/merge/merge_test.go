package merge

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/submission"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var options = submission.Options{Jobs: 1}

// said is a submission in words: the header of its table is that of the columns that the tests use.
type said struct {
	date, contributor string
	corrects          []string
	rows              []string // of header
}

const header = "run_id,part_of,model_id,phase,energy,energy_boundary,energy_basis,pue,region,started,ended,year,scope,source,licence,quality,organisation,confidentiality,origin_row\n"

// submit writes a submission and returns its folder.
func submit(t *testing.T, s said) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "runs.csv")
	if err := os.WriteFile(file, []byte(header+strings.Join(s.rows, "\n")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return submitFiles(t, s, file)
}

// submitFiles writes a submission of files.
func submitFiles(t *testing.T, s said, files ...string) string {
	t.Helper()
	f := &submission.Form{}
	for _, field := range submission.Fields() {
		value, ok := map[string]string{"title": "Runs", "date": s.date, "contributor.name": s.contributor, "licence": "CC-BY-4.0", "measurement.instrument": "a meter", "measurement.boundary": "the facility",
			"measurement.sampling": "all of it", "measurement.not_covered": "none", "attestation.statement": "I measured these data and may publish them.", "attestation.name": "Somebody", "attestation.date": "2025-01-01"}[field.Key]
		if ok {
			f.Set(field, value)
		}
	}
	f.SetCorrects(s.corrects)
	var probs diag.List
	d, err := submission.Prepare(context.Background(), files, f, options, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	out := filepath.Join(t.TempDir(), "submission")
	if err := d.Write(context.Background(), creator(t, out)); err != nil {
		t.Fatal(err)
	}
	return out
}

// creator makes files in a new folder.
func creator(t *testing.T, dir string) func(string) (io.WriteCloser, error) {
	t.Helper()
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }
}

// merged merges folders and returns the version and its folder; or the problems.
func merged(t *testing.T, version string, folders ...string) (*Version, string, string) {
	t.Helper()
	var probs diag.List
	o := Options{Version: version, Date: "2026-01-01", Submission: options}
	if !slices.ContainsFunc(folders, isVersion) {
		o.Name = "test"
	}
	v, err := Merge(context.Background(), folders, o, &probs)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range probs.Problems() {
		text := p.String()
		for _, f := range folders {
			text = strings.ReplaceAll(text, filepath.ToSlash(f), "folder")
		}
		all = append(all, text)
	}
	if v == nil {
		return nil, "", strings.Join(all, "\n")
	}
	dir := filepath.Join(t.TempDir(), "version")
	if err := v.Write(context.Background(), creator(t, dir)); err != nil {
		t.Fatal(err)
	}
	return v, dir, strings.Join(all, "\n")
}

// opened opens a version as anybody would.
func opened(t *testing.T, dir string) *Dataset {
	t.Helper()
	var probs diag.List
	d, err := Open(context.Background(), dir, 1, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// rows reads the runs of a version: of each id its values by column.
func rows(t *testing.T, dir string) map[string]map[string]cell {
	t.Helper()
	d := opened(t, dir)
	out := map[string]map[string]cell{}
	for name, inv := range d.inventories {
		table, columns, err := read(inv)
		if err != nil {
			t.Fatal(err)
		}
		kind, _ := datasets.KindByName(name)
		for row := range table.Rows {
			s := &statement{table: table, columns: columns, row: row}
			values := map[string]cell{}
			for i, f := range kind.Columns {
				if c := s.cell(i); c.there {
					values[f.Name] = c
				}
			}
			out[values[kind.ID].text] = values
		}
	}
	return out
}

// content reads all files of a folder.
func content(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if out[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func sameContent(t *testing.T, a, b string) bool {
	t.Helper()
	return maps.EqualFunc(content(t, a), content(t, b), bytes.Equal)
}

// changes reads changes.csv as records by column.
func changes(t *testing.T, dir string) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(content(t, dir)[ChangesFile])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		m := map[string]string{}
		for i, name := range records[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// random makes submissions of a few contributors about a few runs, with corrections, conflicts, duplicates, parts and confidential rows.
func random(r *rand.Rand) []said {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var out []said
	for n := range 2 + r.IntN(7) {
		s := said{date: fmt.Sprintf("2025-%02d-%02d", n/2+1, 1+r.IntN(20)), contributor: pick("Ada", "Bob", "Cyd", "Dan")}
		if slices.ContainsFunc(out, func(o said) bool { return o.date == s.date && o.contributor == s.contributor }) {
			continue
		}
		for _, id := range []string{"r1", "r2", "r3", "r4"} {
			if r.IntN(2) == 0 {
				continue
			}
			part := ""
			if id == "r4" && slices.ContainsFunc(s.rows, func(row string) bool { return strings.HasPrefix(row, "r1,") }) {
				part = "r1"
			}
			s.corrects = append(s.corrects, id)
			s.rows = append(s.rows, fmt.Sprintf("%s,%s,m,pretraining,%s,%s,metered,,FRA,,,2024,volume,%s,CC-BY-4.0,%s,,%s,%d", id, part, pick("100", "200"), pick("facility", "node"), pick("book", "paper"),
				pick("measured", "reported"), pick("", "public"), 1+r.IntN(9)))
		}
		for c := range r.IntN(4) {
			part := ""
			if c == 2 {
				part = fmt.Sprintf("conf-%d-0", n)
			}
			s.rows = append(s.rows, fmt.Sprintf("conf-%d-%d,%s,secret-model,%s,%v,facility,metered,%s,%s,,,2024,volume,secret source,CC0-1.0,measured,secret company,aggregate,", n, c, part, pick("pretraining", "finetuning"),
				1000+float64(r.IntN(1<<20))/1024, []string{"", "1.25", "1.5"}[min(2, r.IntN(9))], pick("FRA", "DEU")))
		}
		if s.rows != nil {
			out = append(out, s)
		}
	}
	return out
}

func TestMergingIsIndependentOfOrderAndAccountsForEveryRow(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	seen, refused := map[string]int{}, 0
	for range 8 {
		all := random(r)
		var folders []string
		input := 0
		for _, s := range all {
			folders = append(folders, submit(t, s))
			input += len(s.rows)
		}
		if folders == nil {
			continue
		}
		v, dir, problems := merged(t, "1", folders...)
		if v == nil {
			t.Fatalf("%v\n%s", all, problems)
		}
		accounted(t, dir, input, seen)
		oneCounts(t, dir)
		nothingSecret(t, all, dir)
		sumsAreThose(t, all, dir)
		told(t, dir, "")

		shuffled := slices.Clone(folders)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if _, again, _ := merged(t, "1", append(shuffled, shuffled[0])...); !sameContent(t, dir, again) {
			t.Fatalf("%v\nin another order, and one named twice, gives other bytes", all)
		}

		// In two steps: some of them as a base of the others, then all once more.
		half := len(folders) / 2
		if half == 0 {
			continue
		}
		_, base, _ := merged(t, "1", folders[:half]...)
		before := content(t, base)
		v, second, problems := merged(t, "2", append([]string{base}, folders[half:]...)...)
		if v == nil && strings.Contains(problems, "both would be counted") && bytes.Contains(before[ChangesFile], []byte(Aggregated)) {
			refused++ // see TestACorrectionOfWhatIsWithinASumOfTheBaseIsRefused
			continue
		}
		if v == nil {
			t.Fatalf("%v\n%s", all, problems)
		}
		kept := len(rows(t, base))
		for _, s := range all[half:] {
			kept += len(s.rows)
		}
		accounted(t, second, kept, seen)
		oneCounts(t, second)
		nothingSecret(t, all, second)
		told(t, second, base)
		later := rows(t, second)
		for id, row := range rows(t, base) {
			if now, ok := later[id]; ok && strings.HasPrefix(id, "sum-") && !maps.Equal(now, row) {
				t.Fatalf("a sum of the base is another one now: %v, %v", row, now)
			}
		}
		_, third, _ := merged(t, "3", append([]string{second}, folders...)...)
		if a, b := content(t, second), content(t, third); !bytes.Equal(a["training_runs.parquet"], b["training_runs.parquet"]) || !bytes.Equal(a[StatementsFile], b[StatementsFile]) {
			t.Fatalf("%v\nmerged again into what holds them they change something", all)
		}
		if !maps.EqualFunc(before, content(t, base), bytes.Equal) {
			t.Fatal("the base was touched")
		}
	}
	if refused > 4 {
		t.Errorf("%d of 8 cases are not merged in two steps: the test shows little of that", refused)
	}
	for _, a := range actions {
		if seen[string(a)] == 0 && a != Held {
			t.Errorf("no case has rows %s: the test shows nothing of them", a)
		}
	}
}

// accounted checks that the lines of changes.csv add up to what went in and to what came out.
func accounted(t *testing.T, dir string, input int, seen map[string]int) {
	t.Helper()
	in, out := 0, 0
	for _, c := range changes(t, dir) {
		n, err := strconv.Atoi(c["rows"])
		if err != nil {
			t.Fatal(err)
		}
		in += n
		seen[c["action"]]++
		switch Action(c["action"]) {
		case Kept, Added, Corrected, Conflict:
			out += n
		case Aggregated:
			out++
		}
	}
	if have := len(rows(t, dir)); in != input || out != have {
		t.Fatalf("of %d rows that went in %d are accounted for; of %d that came out %d\n%s", input, in, have, out, content(t, dir)[ChangesFile])
	}
}

// oneCounts checks that of all statements of one id exactly one enters a total, and that the others name it.
func oneCounts(t *testing.T, dir string) {
	t.Helper()
	d, values := opened(t, dir), rows(t, dir)
	counting := map[string][]string{}
	for key, s := range d.statements {
		if other := values[key[1]]["alternative_to"].text; other == "" && s.Submission != "" {
			counting[s.Stated] = append(counting[s.Stated], key[1])
		}
	}
	for key, s := range d.statements {
		if s.Submission == "" {
			continue // a sum
		}
		if len(counting[s.Stated]) != 1 {
			t.Fatalf("of %s count %v", s.Stated, counting[s.Stated])
		}
		if other := values[key[1]]["alternative_to"].text; other != "" && other != counting[s.Stated][0] {
			t.Fatalf("%s is an alternative to %s, and %v counts", key[1], other, counting[s.Stated])
		}
	}
}

// nothingSecret looks for what confidential rows say in every byte and every cell of a version.
func nothingSecret(t *testing.T, all []said, dir string) {
	t.Helper()
	files := content(t, dir)
	texts := []string{"secret", "conf-"}
	numbers := map[float64]bool{}
	for _, s := range all {
		for _, row := range s.rows {
			if cells := strings.Split(row, ","); cells[17] == "aggregate" {
				texts = append(texts, cells[4])
				v, _ := strconv.ParseFloat(cells[4], 64)
				numbers[v] = true
			}
		}
	}
	for name, text := range files {
		for _, secret := range texts {
			if says(string(text), secret) {
				t.Fatalf("%s has %q", name, secret)
			}
		}
		for v := range numbers {
			if bits := binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)); bytes.Contains(text, bits) {
				t.Fatalf("%s has the bits of %v", name, v)
			}
		}
	}
	for id, row := range rows(t, dir) { // pages are compressed
		for column, c := range row {
			if numbers[c.number] || slices.ContainsFunc(texts, func(s string) bool { return says(c.text, s) }) {
				t.Fatalf("%s %s has a confidential value", id, column)
			}
		}
	}
}

// says tells whether a text holds a secret. A secret number is one that stands by itself: four of a
// digest's hexadecimal digits are no energy.
func says(text, secret string) bool {
	if _, err := strconv.ParseFloat(secret, 64); err != nil {
		return strings.Contains(text, secret)
	}
	within := func(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' }
	for at := 0; ; {
		i := strings.Index(text[at:], secret)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(secret)
		if (from == 0 || !within(text[from-1])) && (to == len(text) || !within(text[to])) {
			return true
		}
		at = from + 1
	}
}

// sumsAreThose computes the sums anew, in the plainest way.
func sumsAreThose(t *testing.T, all []said, dir string) {
	t.Helper()
	type shares map[string]float64
	energy := map[string]shares{}
	for _, s := range all {
		for _, row := range s.rows {
			cells := strings.Split(row, ",")
			if cells[17] != "aggregate" || cells[1] != "" {
				continue
			}
			key := cells[3] + " " + cells[8]
			if energy[key] == nil {
				energy[key] = shares{}
			}
			v, _ := strconv.ParseFloat(cells[4], 64)
			energy[key][s.contributor] += v
		}
	}
	want := map[string]float64{}
	for key, of := range energy {
		total, all := 0.0, slices.Sorted(maps.Values(of))
		for _, v := range of {
			total += v
		}
		if n := len(all); n >= 3 && all[n-1] <= 0.85*total && total-all[n-1]-all[n-2] >= 0.1*all[n-1] {
			want[key] = total
		}
	}
	got := map[string]float64{}
	for id, row := range rows(t, dir) {
		if strings.HasPrefix(id, "sum-") {
			got[row["phase"].text+" "+row["region"].text] = row["energy"].number
			if row["model_id"].text != "several models" || row["organisation"].there || row["confidentiality"].there || row["origin_row"].there || row["year"].number != 2024 || row["licence"].text != "CC-BY-4.0" {
				t.Fatalf("a sum is %v", row)
			}
		}
	}
	if !maps.EqualFunc(want, got, func(a, b float64) bool { return math.Abs(a-b) < 1e-9*a }) {
		t.Fatalf("sums are %v, want %v", got, want)
	}
}
