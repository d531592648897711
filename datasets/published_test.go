package datasets

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// published reads a CSV file as its source published it. Such files are not part of the project: they are looked for in AILCA_OPENDATA, else beside
// the checkout.
func published(t *testing.T, name string) (header []string, records [][]string) {
	t.Helper()
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "opendata")
	}
	f, err := os.Open(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the published file is not here: %v; AILCA_OPENDATA names the folder of such files", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.LazyQuotes = true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

// Of 83,154 runtimes of jobs, 66,353 are repeated: jobs that ran equally long are not one job.
func TestEqualRuntimesOfATraceAreNoDuplicates(t *testing.T) {
	_, records := published(t, "philly-runtime/philly_runtime.csv")
	var b strings.Builder
	b.WriteString("run_id,model_id,organisation,phase,wall_time,year,scope,source,licence,quality\n")
	seen, repeated := map[string]bool{}, 0
	for i, r := range records {
		hours, err := strconv.ParseFloat(r[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		if seen[r[0]] {
			repeated++
		}
		seen[r[0]] = true
		fmt.Fprintf(&b, "job-%d,unknown,microsoft,whole,%g,2017,intensity,Philly trace,CC-BY-4.0,measured\n", i, hours/3600)
	}
	if repeated < 60_000 {
		t.Fatalf("only %d values are repeated", repeated)
	}
	if got, full := suspected(t, "training_runs", b.String(), 20_000, CheckOptions{}); len(got) > 0 {
		t.Errorf("%d findings, such as %s", len(got), full[0])
	}
}

// The list of clusters has 52 rows twice, anonymous systems without an owner. Those 49 that say when and how many are found: the list does not tell
// whether they are one system, so that these are warnings whatever their scope. Rows that differ in their name alone are suspected ones.
func TestTheClustersThatAreListedTwiceAreFound(t *testing.T) {
	header, records := published(t, "epoch-ai/gpu_clusters.csv")
	at := map[string]int{}
	for i, name := range header {
		at[strings.TrimPrefix(name, "\ufeff")] = i
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.Write([]string{"fleet_id", "hardware_id", "owner", "in_service", "count", "count_basis", "scope", "source", "licence", "quality"})
	whole, twins := map[string]bool{}, map[string]bool{}
	wantSame, wantTwins, rows := 0, 0, 0
	for i, r := range records {
		cell := func(name string) string { return strings.TrimSpace(r[at[name]]) }
		count, err := strconv.ParseFloat(cell("Chip quantity (primary)"), 64)
		if _, bad := time.Parse(time.DateOnly, cell("First Operational Date")); err != nil || bad != nil || count <= 0 {
			continue
		}
		rows++
		twin := strings.Join([]string{cell("Owner"), cell("First Operational Date"), cell("Chip type (primary)"), fmt.Sprint(count)}, "\x00")
		switch same := strings.Join(r, "\x00"); {
		case whole[same]:
			wantSame++
		case twins[twin]:
			wantTwins++
			fallthrough
		default:
			whole[same] = true
		}
		twins[twin] = true
		w.Write([]string{fmt.Sprint("cluster-", i), cmp.Or(cell("Chip type (primary)"), "unknown"), cell("Owner"), cell("First Operational Date"), fmt.Sprint(count), "installed", "volume", strings.Join(r, " | "), "CC-BY-4.0", "reported"})
	}
	w.Flush()
	got, _ := suspected(t, "fleet", out.String(), 50, CheckOptions{})
	same, alike := 0, 0
	for _, g := range got {
		if strings.HasSuffix(g, "warning duplicate-row") {
			same++
		} else if strings.HasSuffix(g, "suspected-duplicate") {
			alike++
		}
	}
	if same != wantSame || alike != wantTwins || wantSame != 49 {
		t.Errorf("of %d rows %d are found twice and %d are suspected; going through them gives %d and %d", rows, same, alike, wantSame, wantTwins)
	}
	t.Logf("%d rows: %d twice, %d suspected", rows, same, alike)
}
