package datasets

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet/parquettest"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// suspected is what a check finds in rows beside their form, each as "row severity code" or, with messages, in full.
func suspected(t *testing.T, kind, rows string, groupRows int, opt CheckOptions) (short, full []string) {
	t.Helper()
	k, _ := KindByName(kind)
	var probs diag.List
	table := FromCSV(k, kind+".csv", strings.NewReader(rows), &probs)
	if table == nil {
		t.Fatal(probs.Err())
	}
	content := parquettest.Write(t, k.Fields(), table, groupRows)
	inv := OpenInventory(k, []File{{Name: kind + ".parquet", R: bytes.NewReader(content), Size: int64(len(content))}}, &probs)
	if inv == nil {
		t.Fatal(probs.Err())
	}
	opt.Suspect = true
	if err := inv.Check(context.Background(), opt, &probs); err != nil {
		t.Fatal(err)
	}
	for _, p := range probs.Problems() {
		short = append(short, fmt.Sprintf("%d %s %s", p.Place.Row, p.Severity, p.Code))
		full = append(full, p.String())
	}
	return short, full
}

const runHead = "run_id,model_id,organisation,phase,hardware_id,energy,energy_boundary,device_hours,wall_time,region,year,started,ended,part_of,alternative_to,assumption,scope,source,licence,quality,origin_row\n"

// aRun is a training run: fields by name, of which the others stay as they are.
func aRun(id string, fields ...string) string {
	cells := map[string]string{"run_id": id, "model_id": "m", "organisation": "o", "phase": "pretraining", "hardware_id": "h100", "region": "FRA", "scope": "volume", "source": "s", "licence": "CC0-1.0", "quality": "reported"}
	for i := 0; i < len(fields); i += 2 {
		cells[fields[i]] = fields[i+1]
	}
	var out []string
	for _, name := range strings.Split(strings.TrimSpace(runHead), ",") {
		out = append(out, cells[name])
	}
	return strings.Join(out, ",") + "\n"
}

func TestRowsThatAreAlikeAreFound(t *testing.T) {
	energy := func(id string, more ...string) string {
		return aRun(id, append([]string{"energy", "12.5", "energy_boundary", "it", "year", "2023", "scope", "intensity"}, more...)...)
	}
	volume := func(id string, more ...string) string {
		return energy(id, append([]string{"scope", "volume"}, more...)...)
	}
	days := func(id, from, to string, more ...string) string {
		return aRun(id, append([]string{"started", from, "ended", to}, more...)...)
	}
	for _, c := range []struct{ name, rows, want string }{
		{"the same row under two ids counts twice in a total", volume("a") + volume("b"), "2 error duplicate-row"},
		{"read from two places of a file it is the same still", volume("a", "origin_row", "1") + volume("b", "origin_row", "9"), "2 error duplicate-row"},
		{"what enters no total is a warning", energy("a") + energy("b"), "2 warning duplicate-row"},
		{"another source of the same figures is a suspicion", energy("a") + energy("b", "source", "t"), "2 warning suspected-duplicate"},
		{"which says itself that it is an alternative", energy("a") + energy("b", "source", "t", "alternative_to", "a"), ""},
		{"or names the other row and says why it is another", energy("a") + energy("b", "source", "t", "assumption", "the second run of the week; a is the first"), ""},
		{"a longer id that begins with the other is not that", energy("a") + energy("b", "source", "t", "assumption", "as a-1 and ab"), "2 warning suspected-duplicate"},
		{"another energy is another run", energy("a") + energy("b", "energy", "12.6"), ""},
		{"another device is another run", energy("a") + energy("b", "hardware_id", "a100"), ""},
		{"another year is another run", energy("a") + energy("b", "year", "2024"), ""},
		{"the same row without an organisation is told, if it says when and how much", energy("a", "organisation", "") + energy("b", "organisation", ""), "2 warning duplicate-row"},
		{"and is no error, as nobody knows whose a total it enters", volume("a", "organisation", "") + volume("b", "organisation", ""), "2 warning duplicate-row"},
		{"any difference makes it another one", volume("a", "organisation", "") + volume("b", "organisation", "", "source", "t"), ""},
		{"one with an organisation is not the same", volume("a", "organisation", "") + volume("b"), ""},
		{"rows without an organisation and a time do not say what they are", volume("a", "organisation", "", "year", "") + volume("b", "organisation", "", "year", ""), ""},
		{"nor do those without an amount", volume("a", "organisation", "", "energy", "", "energy_boundary", "") + volume("b", "organisation", "", "energy", "", "energy_boundary", ""), ""},
		{"rows without a time neither", energy("a", "year", "") + energy("b", "year", ""), ""},
		{"hours of a year are often the same by chance", aRun("a", "scope", "intensity", "year", "2023", "wall_time", "24") + aRun("b", "scope", "intensity", "year", "2023", "wall_time", "24"), ""},
		{"hours of the same days are not", aRun("a", "scope", "intensity", "started", "2023-05-01", "wall_time", "20") + aRun("b", "scope", "intensity", "started", "2023-05-01", "wall_time", "20"), "2 warning duplicate-row"},
		{"of three, each of the others is told", volume("a") + volume("b") + volume("c"), "2 error duplicate-row|3 error duplicate-row"},
		{"the third may be the same as the second, not as the first", volume("a", "source", "t") + volume("b") + volume("c"), "2 error suspected-duplicate|3 error duplicate-row"},

		{"two periods that overlap", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-01", "2023-05-31"), "2 error overlap"},
		{"two that touch in a day do not", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-31", "2023-05-31"), ""},
		{"another phase is another activity", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-01", "2023-05-31", "phase", "finetuning"), ""},
		{"but one row of all phases holds the others", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-01", "2023-05-31", "phase", "whole"), "2 error overlap"},
		{"all rows that one overlaps are named", days("a", "2023-01-01", "2023-06-30") + days("b", "2023-08-01", "2023-09-30") + days("c", "2023-01-01", "2023-12-31"), "3 error overlap"},
		{"another region is another site", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-01", "2023-05-31", "region", "USA"), ""},
		{"a region that is not known may be the same", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-01", "2023-05-31", "region", ""), "2 error overlap"},
		{"a part of a whole is resolved", days("a", "2023-01-01", "2023-03-31") + days("b", "2023-03-01", "2023-05-31", "part_of", "a"), ""},
		{"what enters no total overlaps nothing", days("a", "2023-01-01", "2023-03-31", "scope", "intensity") + days("b", "2023-03-01", "2023-05-31"), ""},
		{"one day alone does not say how long it took", days("a", "2023-01-01", "") + days("b", "2023-01-01", ""), ""},
		{"of three, the one that nobody accepts is told", days("a", "2023-01-01", "2023-06-30") + days("b", "2023-01-01", "2023-06-30", "assumption", "beside a") + days("c", "2023-02-01", "2023-03-31", "assumption", "beside a"), "3 error overlap"},
		{"a year overlaps the days in it", days("a", "2023-01-01", "2023-03-31") + aRun("b", "year", "2023"), "2 error overlap"},
	} {
		for _, groupRows := range []int{1, 2, 100} {
			got, full := suspected(t, "training_runs", runHead+c.rows, groupRows, CheckOptions{Jobs: 3})
			if strings.Join(got, "|") != c.want {
				t.Errorf("%s (%d rows a group): %s\n%s", c.name, groupRows, strings.Join(got, "|"), strings.Join(full, "\n"))
			}
		}
	}
}

func TestAStudyAcceptsRowsThatAreAlikeButNotTheSame(t *testing.T) {
	rows := runHead + aRun("a", "started", "2023-01-01", "ended", "2023-03-31") + aRun("b", "started", "2023-03-01", "ended", "2023-05-31")
	var used, idle atomic.Bool
	got, _ := suspected(t, "training_runs", rows, 10, CheckOptions{Accept: []Acceptance{{Rows: []string{"a", "x"}, Used: &idle}, {Rows: []string{"b", "a"}, Used: &used}}})
	if len(got) != 0 || !used.Load() || idle.Load() {
		t.Errorf("%q, used %v, idle %v", got, used.Load(), idle.Load())
	}
	same := runHead + aRun("a", "energy", "1", "energy_boundary", "it", "year", "2023") + aRun("b", "energy", "1", "energy_boundary", "it", "year", "2023")
	if got, _ := suspected(t, "training_runs", same, 10, CheckOptions{Accept: []Acceptance{{Rows: []string{"a", "b"}}}}); len(got) != 1 {
		t.Errorf("rows that are the same in all but the id are accepted: %q", got)
	}
}

// A study may accept all rows that a pattern names. Of rows that the study's filter drops nothing is told by a run, and a warning by a check.
func TestOverlapsOfRowsThatEnterNoTotalAreNoErrors(t *testing.T) {
	rows := runHead
	for i := range 30 {
		rows += aRun(fmt.Sprintf("job-%02d", i), "started", "2023-01-01", "ended", "2023-03-31", "energy", fmt.Sprint(i+1), "energy_boundary", "it")
	}
	keep := func(names ...string) *Condition { // rows by their ids
		return &Condition{Columns: []string{"run_id"}, New: func() func(*column.Batch) column.Bitmap {
			return func(b *column.Batch) column.Bitmap {
				out := column.NewBitmap(b.Rows)
				for row := range b.Rows {
					if slices.Contains(names, textAt(&b.Columns[0], row)) {
						out.Set(row)
					}
				}
				return out
			}
		}}
	}
	check := func(groupRows int, opt CheckOptions) string {
		t.Helper()
		k, _ := KindByName("training_runs")
		var probs diag.List
		content := parquettest.Write(t, k.Fields(), FromCSV(k, "rows.csv", strings.NewReader(rows), &probs), groupRows)
		inv := OpenInventory(k, []File{{Name: "rows.parquet", R: bytes.NewReader(content), Size: int64(len(content))}}, &probs)
		if err := inv.Check(context.Background(), opt, &probs); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(probs.Count(diag.Error), " ", probs.Count(diag.Warning))
	}
	for _, c := range []struct {
		name string
		opt  CheckOptions
		want string
	}{
		{"all overlap", CheckOptions{Overlaps: true}, "29 0"},
		{"all are accepted by a pattern", CheckOptions{Overlaps: true, Accept: []Acceptance{{Rows: []string{"job-*"}}}}, "0 0"},
		{"half are", CheckOptions{Overlaps: true, Accept: []Acceptance{{Rows: []string{"job-0*"}}}}, "20 0"},
		{"a pattern is no prefix", CheckOptions{Overlaps: true, Accept: []Acceptance{{Rows: []string{"job*x"}}}}, "29 0"},
		{"all are accepted, whatever they are", CheckOptions{Overlaps: true, Accept: []Acceptance{{Rows: []string{"*"}}}}, "0 0"},
		{"two enter the total", CheckOptions{Overlaps: true, Enters: keep("job-03", "job-17")}, "1 0"},
		{"one enters the total", CheckOptions{Overlaps: true, Enters: keep("job-03")}, "0 0"},
		{"of the others a check warns", CheckOptions{Suspect: true, Enters: keep("job-03", "job-17")}, "1 28"},
		{"nobody asks", CheckOptions{}, "0 0"},
	} {
		for _, groupRows := range []int{1, 7, 100} {
			if got := check(groupRows, c.opt); got != c.want {
				t.Errorf("%s (%d rows a group): %s errors and warnings, want %s", c.name, groupRows, got, c.want)
			}
		}
	}
}

// Of more rows of one thing than are set against each other a run says how many were not.
func TestWhatIsNotLookedAtIsTold(t *testing.T) {
	rows := runHead
	for i := range maxSpans + 10 {
		rows += aRun(fmt.Sprint("job-", i), "started", "2023-01-01", "ended", "2023-03-31")
	}
	k, _ := KindByName("training_runs")
	var probs diag.List
	content := parquettest.Write(t, k.Fields(), FromCSV(k, "rows.csv", strings.NewReader(rows), &probs), 100)
	inv := OpenInventory(k, []File{{Name: "rows.parquet", R: bytes.NewReader(content), Size: int64(len(content))}}, &probs)
	var found Overlapping
	opt := CheckOptions{Overlaps: true, Found: &found, Accept: []Acceptance{{Rows: []string{"job-*"}}}}
	if err := inv.Check(context.Background(), opt, &probs); err != nil {
		t.Fatal(err)
	}
	if p := probs.Problems(); len(p) != 1 || p[0].Severity != diag.Warning || !strings.Contains(p[0].Message, "10 rows were not looked at") || found.Unlooked != 10 {
		t.Errorf("%v, %v", p, found)
	}
	opt.Accept = nil
	if err := inv.Check(context.Background(), opt, &probs); err != nil || probs.Count(diag.Error) != maxSpans-1 {
		t.Errorf("%v, %d errors", err, probs.Count(diag.Error))
	}
}

func TestOfALogManyRowsAreAlike(t *testing.T) {
	const head = "deployment_id,model_id,organisation,requests,energy,energy_boundary,region,started,ended,scope,source,licence,quality\n"
	rows := func(id func(i int) string, requests string) string {
		out := head
		for i := range 50 {
			out += id(i) + ",m,o," + requests + ",0.002,node,FRA,2024-01-01,2024-01-01,volume,log,CC0-1.0,measured\n"
		}
		return out
	}
	named := func(i int) string { return fmt.Sprint("r", i) }
	for name, c := range map[string]struct {
		rows string
		want int
	}{
		"requests without ids":    {rows(func(int) string { return "" }, "1"), 0},
		"requests with ids":       {rows(named, "1"), 0},
		"days of a service twice": {rows(named, "5000"), 49},
		"requests of nobody":      {strings.ReplaceAll(rows(named, "1"), ",m,o,", ",m,,"), 0},
		"rows of nobody that do not say how many requests they are": {strings.ReplaceAll(rows(named, ""), ",m,o,", ",m,,"), 0},
		"days of nobody's service":                                  {strings.ReplaceAll(rows(named, "5000"), ",m,o,", ",m,,"), 49},
	} {
		if got, _ := suspected(t, "deployments", c.rows, 7, CheckOptions{}); len(got) != c.want {
			t.Errorf("%s: %d findings, %q", name, len(got), got)
		}
	}
}

func TestAFleetAndACatalogueHaveTwinsToo(t *testing.T) {
	const fleet = "fleet_id,hardware_id,owner,region,in_service,retired,count,count_basis,scope,source,licence,quality\n"
	const hardware = "hardware_id,name,manufacturer,class,memory,source,licence,quality\n"
	for _, c := range []struct{ name, kind, rows, want string }{
		{"a purchase under two names", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,USA,2024-01-01,,16,installed,volume,t,CC0-1.0,reported\n", "2 error suspected-duplicate"},
		{"the same row twice", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\n", "2 error duplicate-row"},
		{"the same row twice, of nobody", "fleet", fleet + "a,h,,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\n", "2 warning duplicate-row"},
		{"a second purchase overlaps the first", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,USA,2024-06-01,,32,installed,volume,t,CC0-1.0,reported\n", "2 warning overlap"},
		{"one after the other is retired does not", "fleet", fleet + "a,h,o,USA,2023-01-01,2024-01-01,16,installed,volume,s,CC0-1.0,reported\nb,h,o,USA,2024-06-01,,32,installed,volume,t,CC0-1.0,reported\n", ""},
		{"a second purchase of as many may be the first, from another source", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,USA,2024-06-01,,16,installed,volume,t,CC0-1.0,reported\n", "2 error overlap"},
		{"so may another number of the same day", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,,2024-01-01,,32,installed,volume,t,CC0-1.0,reported\n", "2 error overlap"},
		{"the world says nothing of the place", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,WOR,2024-01-01,,32,installed,volume,t,CC0-1.0,reported\n", "2 error overlap"},
		{"another place is another purchase", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,FRA,2024-01-01,,16,installed,volume,t,CC0-1.0,reported\n", ""},
		{"what is planned counts nowhere", "fleet", fleet + "a,h,o,USA,2024-01-01,,16,installed,volume,s,CC0-1.0,reported\nb,h,o,USA,2024-06-01,,32,planned,volume,t,CC0-1.0,reported\n", ""},
		{"a device under two names", "hardware", hardware + "a,H100,NVIDIA,accelerator,80,s,CC0-1.0,reported\nb,H100,NVIDIA,accelerator,80,t,CC0-1.0,reported\n", "2 warning suspected-duplicate"},
		{"with another memory it is another", "hardware", hardware + "a,H100,NVIDIA,accelerator,80,s,CC0-1.0,reported\nb,H100,NVIDIA,accelerator,94,t,CC0-1.0,reported\n", ""},
	} {
		if got, full := suspected(t, c.kind, c.rows, 1, CheckOptions{}); strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q\n%s", c.name, got, strings.Join(full, "\n"))
		}
	}
}

// Periods are set against each other as by trying all pairs.
func TestPeriodsAreSetAgainstEachOtherAsByTryingAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	table := spanTable{most: 1 << 20, apart: 1}
	var all []keyedSpan
	for i := range 2000 {
		from := r.Int32N(300)
		s := keyedSpan{column.DigestOf(fmt.Sprint(r.IntN(1500))), stretch{row: place(i + 1), from: from, to: from + 1 + r.Int32N(20), marks: [maxMarks]uint32{uint32(r.IntN(3))}}}
		all = append(all, s)
		table.put(&s)
	}
	var want []pair
	for j, b := range all {
		for _, a := range all[:j] {
			if from, to := max(a.from, b.from), min(a.to, b.to); a.key == b.key && to > from && (a.marks[0] == 0 || b.marks[0] == 0 || a.marks[0] == b.marks[0]) {
				want = append(want, pair{overlapTotal, a.row, b.row, from, to})
			}
		}
	}
	if got, _, more := table.overlaps(0, false); len(want) < 50 || more || !slices.Equal(got, want) {
		t.Errorf("%d pairs found, %d by trying all", len(got), len(want))
	}
}

// Of more periods than are held, those of some keys are held whole, and of one key no more than maxSpans.
func TestPeriodsOfManyThingsAreHeldInPart(t *testing.T) {
	table := spanTable{most: 100}
	for i := range 2000 {
		table.put(&keyedSpan{column.DigestOf(fmt.Sprint(i % 1000)), stretch{row: place(i + 1), from: 0, to: 9}})
	}
	found, _, _ := table.overlaps(0, false)
	if table.held > 100 || table.class == 0 || len(found) == 0 || len(found) > 60 {
		t.Errorf("%d held in class %d, %d found", table.held, table.class, len(found))
	}
	for _, p := range found {
		if p.b != p.a+1000 {
			t.Errorf("%v are of different things", p)
		}
	}
	crowd := spanTable{most: 1 << 20}
	for i := range 10 * maxSpans {
		crowd.put(&keyedSpan{column.DigestOf("one"), stretch{row: place(i + 1), from: 0, to: 9}})
	}
	if crowd.held != maxSpans || crowd.crowded != 9*maxSpans {
		t.Errorf("%d held, %d beyond", crowd.held, crowd.crowded)
	}
}

func TestTextsThatTellOfAPersonAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"ask jane.doe@uni-example.fr for the log":            "email",
		"see jane@example.org":                               "",
		"https://jane@host.eu/path and git@github.com:x/y":   "",
		"run in /home/alice/runs/7":                          "home_folder",
		"file:///home/alice/runs.csv":                        "home_folder",
		"HTTPS://host.eu/home/alice":                         "",
		"postgres://jane.doe@db.uni.fr/runs":                 "email",
		`C:\Users\Alice\run`:                                 "home_folder",
		"/home/ubuntu/run":                                   "",
		"call +33 1 42 68 53 00":                             "phone",
		"call (415) 555-0132":                                "phone",
		"415-555-0132":                                       "phone",
		"between 300 and 4000 W, 1e+22 FLOP, 10.5281/z.1234": "",
		"DE89 3704 0044 0532 0130 00":                        "iban",
		"DE89 3704 0044 0532 0130 01":                        "",
		"NVIDIA A100 SXM4 80GB B200 GB200 NVL72":             "",
		"node 10.12.0.7, rack 4":                             "ipv4",
		"version 12.4.1, CUDA v12.1.0.2, 127.0.0.1":          "",
		"host 2001:db8::8a2e:370:7334":                       "ipv6",
		"at 12:30:45, std::abs, a::b":                        "",
		"latitude 48.8584":                                   "coordinates",
		"48.85837, 2.29448":                                  "coordinates",
		"0.412, 0.385 kg CO2e/kWh":                           "",
		"48.86, 2.29":                                        "",
		"Table 3 of arXiv 2211.05100":                        "",
		strings.Repeat("x", maxString+10) + " a@b.eu":        "",
	} {
		got := ""
		if i := personal(text); i >= 0 {
			got = PersonalPatterns()[i].Name
		}
		if got != want {
			t.Errorf("%.60q: %q, want %q", text, got, want)
		}
	}
}

func TestPersonalDataIsToldOnceForEachTextAndNeverRepeated(t *testing.T) {
	rows := runHead + aRun("a", "assumption", "from jane.doe@uni.fr") + aRun("b", "model_id", "n", "assumption", "from jane.doe@uni.fr") + aRun("c", "model_id", "k", "source", "/home/jane/log") + aRun("/home/jane/d", "model_id", "l")
	got, full := suspected(t, "training_runs", rows, 100, CheckOptions{})
	if strings.Join(got, "|") != "1 warning personal-data|3 warning personal-data|4 warning personal-data" {
		t.Errorf("%q", got)
	}
	for _, text := range full {
		if strings.Contains(text, "jane") {
			t.Errorf("the text is told: %s", text)
		}
	}
	if !strings.HasPrefix(full[0], "training_runs.parquet row 1 column assumption: warning: assumption seems to hold an e-mail address [personal-data]") {
		t.Error(full[0])
	}
}

// The open edition of the repository tells of nobody.
func TestTheOpenEditionHoldsNoPersonalData(t *testing.T) {
	files, err := OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		var probs diag.List
		content := files[k.Name]
		inv := OpenInventory(k, []File{{Name: k.Name, R: bytes.NewReader(content), Size: int64(len(content))}}, &probs)
		if err := inv.Check(context.Background(), CheckOptions{Suspect: true}, &probs); err != nil {
			t.Fatal(err)
		}
		for _, p := range probs.Problems() {
			if p.Code == diag.PersonalData || p.Severity == diag.Error {
				t.Error(p)
			}
		}
	}
}

func FuzzTextsThatTellOfAPerson(f *testing.F) {
	for _, seed := range []string{"jane@uni.fr", "DE89 3704 0044 0532 0130 00", "/home/a", "+33 142685300", "https://a@b.eu 10.0.0.7", "\xff@\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i := personal(text)
		if int(i) >= len(PersonalPatterns()) || i < -1 {
			t.Fatalf("pattern %d of %q", i, text)
		}
		if i >= 0 && !slices.ContainsFunc(PersonalPatterns()[i].contains, func(s string) bool { return strings.Contains(text, s) }) {
			t.Errorf("%q has nothing of what %s looks for", text, PersonalPatterns()[i].Name)
		}
	})
}
