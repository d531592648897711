package study

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/parquettest"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// logRow is a row of a log of deployments; absent keys are missing values. Texts are strings, all else float64.
type logRow map[string]any

// randomLog makes rows of several regions, years and models, some over more than one year, some a part of another, one value in twenty missing.
func randomLog(n int) []logRow {
	r := rand.New(rand.NewPCG(7, 11))
	of := func(words ...string) string { return words[r.IntN(len(words))] }
	var rows []logRow
	for i := range n {
		row := logRow{"deployment_id": fmt.Sprintf("d%05d", i), "model_id": of("large", "small", "tiny"), "scope": of("volume", "volume", "volume", "intensity", "sample"),
			"source": "a test", "licence": "CC0-1.0", "quality": of("measured", "reported", "modelled")}
		optional := logRow{"organisation": of("one", "two"), "operator": of("Google", "nobody"), "hardware_id": of("nvidia-a100-sxm4-80gb", "nvidia-h100-sxm5-80gb"),
			"region": of("FRA", "USA", "SWE", "CHN"), "device_hours": r.Float64() * 1e3, "requests": float64(r.IntN(1e6)), "output_tokens": r.ExpFloat64() * 1e5,
			"pue": 1 + r.Float64(), "wue": r.Float64(), "batch": float64(1 + r.IntN(64))}
		for _, name := range slices.Sorted(maps.Keys(optional)) {
			if r.IntN(20) > 0 {
				row[name] = optional[name]
			}
		}
		if r.IntN(20) > 0 {
			row["energy"], row["energy_boundary"], row["energy_basis"] = r.ExpFloat64()*12.3, of("device", "node", "it", "facility"), of("metered", "estimated", "declared")
		}
		if r.IntN(4) > 0 {
			row["year"] = float64(2022 + r.IntN(3))
		} else {
			from := float64(time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/86400 + r.Int64N(700))
			row["started"], row["ended"] = from, from+float64(r.IntN(600))
		}
		if i > 0 && r.IntN(30) == 0 {
			row["part_of"] = rows[r.IntN(i)]["deployment_id"]
		}
		rows = append(rows, row)
	}
	return rows
}

// logColumns are the columns that rows have, in the order of the kind.
func logColumns(rows []logRow) []lca.Field {
	kind, _ := datasets.KindByName("deployments")
	return slices.DeleteFunc(kind.Fields(), func(f lca.Field) bool {
		return !slices.ContainsFunc(rows, func(r logRow) bool { return r[f.Name] != nil })
	})
}

// logTable has rows as a table of the columns.
func logTable(fields []lca.Field, rows []logRow) *column.Table {
	b := parquet.NewBuilder(fields)
	for _, row := range rows {
		for i, f := range fields {
			switch v := row[f.Name].(type) {
			case nil:
				b.Missing(i)
			case string:
				b.Text(i, v)
			default:
				b.Number(i, v.(float64))
			}
		}
	}
	return b.Table()
}

// logFiles cuts rows into files and row groups.
func logFiles(t testing.TB, fields []lca.Field, rows []logRow, files, groupRows int) [][]byte {
	t.Helper()
	var out [][]byte
	for i := range files {
		some := rows[i*len(rows)/files : (i+1)*len(rows)/files]
		out = append(out, parquettest.Write(t, fields, logTable(fields, some), groupRows))
	}
	return out
}

// studyOfLog is a study of deployments with the open edition's catalogue of hardware. what is more of its text.
func studyOfLog(t testing.TB, what string, files ...[]byte) *Study {
	t.Helper()
	open, err := datasets.OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{"hardware.parquet": open["hardware"]}
	var names []string
	for i, f := range files {
		names = append(names, fmt.Sprintf("log%d.parquet", i))
		content[names[i]] = f
	}
	var probs diag.List
	s := parse("study.yaml", []byte(`study: log
year: 2023
method: observatory@1.0.0
pack: open@2025.1
inventories: {hardware: hardware.parquet, deployments: [`+strings.Join(names, ", ")+`]}
group_by: [item, model, organisation, region, hardware]
accept_gaps:
  - {factor: electricity, reason: "a test"}
  - {factor: embodied, reason: "a test"}
  - {factor: transport, reason: "a test"}
  - {factor: end_of_life, reason: "a test"}
  - {kind: deployments, reason: "a test"}
accept_overlaps: [{kind: deployments, rows: ["*"], reason: "rows of a test are made up"}]
`+drawsOf(what)+what), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return held(s, content)
}

// drawsOf has a study draw nothing, where its text does not say how much.
func drawsOf(what string) string {
	if strings.Contains(what, "draws:") {
		return ""
	}
	return "draws: 0\n"
}

// held has a study open files that are held in memory.
func held(s *Study, content map[string][]byte) *Study {
	s.open = func(_ context.Context, name string) (input, error) {
		if content[name] == nil {
			return input{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return openBytes(name, content[name])
	}
	return s
}

// tables runs a study and gives the digest of each result table.
func tables(t testing.TB, s *Study, o Options) (digests map[string]string, sum *Summary) {
	t.Helper()
	o.Out = t.TempDir()
	sum, err := Run(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	digests = map[string]string{}
	names := []string{"impacts.parquet", "ledger.parquet", "intensities.parquet"}
	if s.Sampling.Draws > 0 {
		names = append(names, "intervals.parquet", "rankings.parquet", "causes.parquet")
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(sum.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		digests[name] = fmt.Sprintf("%x of %d bytes", sha256.Sum256(content), len(content))
	}
	return digests, sum
}

// Same inputs, same bytes: the order of rows and columns, the cut into files and row groups, the number of workers and what memory they may take make
// no difference to a result table.
func TestResultTablesDoNotDependOnHowTheWorkIsCut(t *testing.T) {
	drawn := "draws: 100\n"
	if testing.Short() { // what is drawn has tests of its own
		drawn = ""
	}
	const count = 1500
	rows := randomLog(count)
	fields := logColumns(rows)
	want, _ := tables(t, studyOfLog(t, drawn, logFiles(t, fields, rows, 1, count)...), Options{Jobs: 1})

	r := rand.New(rand.NewPCG(1, 2))
	shuffled := slices.Clone(rows)
	r.Shuffle(count, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	permuted := slices.Clone(fields)
	r.Shuffle(len(permuted), func(i, j int) { permuted[i], permuted[j] = permuted[j], permuted[i] })
	const little = 200_000 // bytes, less than the amounts take
	scratch := t.TempDir()
	for name, tc := range map[string]struct {
		rows             []logRow
		fields           []lca.Field
		files, groupRows int
		options          Options
	}{
		"two workers":                                  {rows, fields, 1, 100, Options{Jobs: 2}},
		"eight workers":                                {rows, fields, 1, 100, Options{Jobs: 8}},
		"small row groups":                             {rows, fields, 1, 7, Options{Jobs: 1}},
		"five files":                                   {rows, fields, 5, 100, Options{Jobs: 2}},
		"rows in another order":                        {shuffled, fields, 1, count, Options{Jobs: 1}},
		"columns in another order":                     {rows, permuted, 1, count, Options{Jobs: 1}},
		"little memory":                                {rows, fields, 1, 100, Options{Jobs: 1, Memory: little, Scratch: scratch}},
		"little memory, two workers":                   {rows, fields, 1, 333, Options{Jobs: 2, Memory: little, Scratch: scratch}},
		"all of it at once":                            {shuffled, permuted, 5, 64, Options{Jobs: 8, Memory: little, Scratch: scratch}},
		"all of it at once, with enough memory":        {shuffled, permuted, 5, 64, Options{Jobs: 8}},
		"all of it at once, in row groups of one file": {shuffled, permuted, 5, count, Options{Jobs: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := tables(t, studyOfLog(t, drawn, logFiles(t, tc.fields, tc.rows, tc.files, tc.groupRows)...), tc.options)
			if !maps.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}

	// With so little memory amounts are written to scratch files: where there is no folder for these the run fails.
	s := studyOfLog(t, "", logFiles(t, fields, rows, 1, 100)...)
	if _, err := Run(context.Background(), s, Options{Out: t.TempDir(), Memory: little, Scratch: filepath.Join(scratch, "none")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing was written to scratch files: %v", err)
	}
}
