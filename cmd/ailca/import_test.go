package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/importers"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// openData is the folder of files as others published them. They are no part of the project: they are looked for in AILCA_OPENDATA, else beside the
// checkout.
func openData(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "opendata")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the published files are not at hand (AILCA_OPENDATA names their folder): %v", err)
	}
	return folder
}

// commandLine runs a command line and returns its exit code and what it printed.
func commandLine(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	a := &app{stdout: &out, stderr: &errs}
	code = a.execute(ctx, args)
	return code, out.String(), errs.String()
}

// ran is what a command printed that must end well.
func ran(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := commandLine(t.Context(), args...)
	if code != exitDone {
		t.Fatalf("ailca %s ended with %d: %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// What was France's electricity in 2023? Electricity Maps says 49 g CO2e/kWh of what it consumed; Our World in Data said 56.04 of what it generated in its
// release of 2024, which CodeCarbon copied, and says 53.26 in that of April 2026. Each is a pack of its own; laid over each other, all three stand with source
// and release; and who computes as of the beginning of 2025 computes with what was published then.
func TestFranceIn2023FromTwoSourcesOneOfThemInTwoReleases(t *testing.T) {
	data, dir := openData(t), t.TempDir()
	var layers []string
	for _, c := range []struct{ name, format, file, released string }{
		{"codecarbon", "codecarbon", "codecarbon/global_energy_mix.json", "2024"},
		{"owid", "owid", "owid-ember/carbon-intensity-electricity.csv", "2026-04"},
		{"maps", "electricity-maps", "co2js/electricity-maps-yearly_2023.json", "2026-03"},
	} {
		pack := filepath.Join(dir, c.name)
		ran(t, "import", "factors", c.format, filepath.Join(data, filepath.FromSlash(c.file)), "--released", c.released, "-o", pack)
		layers = append(layers, "--factors", pack)
	}
	show := func(more ...string) []string {
		args := append([]string{"factors", "show", "electricity", "--region", "FRA", "--year", "2023", "--category", "climate_change", "--all-sources", "--format", "json"}, layers...)
		var rows []struct {
			Chosen, Unit, Flow, Released, Pack, Source string
			Value                                      float64
		}
		if err := json.Unmarshal([]byte(ran(t, append(args, more...)...)), &rows); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range rows {
			publisher, _, _ := strings.Cut(r.Source, " (")
			out = append(out, strings.TrimSpace(fmt.Sprintf("%.2f %s %s, %s %s from %s %s", r.Value, r.Unit, r.Flow, publisher, r.Released, r.Pack, r.Chosen)))
		}
		return out
	}
	const (
		maps = "49.00 g CO2e/kWh consumption, Electricity Maps 2026-03 from maps@2026-03 yes"
		late = "53.26 g CO2e/kWh production, Our World in Data 2026-04 from owid@2026-04 yes"
		then = "56.04 g CO2e/kWh production, Our World in Data 2024 from codecarbon@2024"
	)
	if got, want := show(), []string{maps, late, then}; !slices.Equal(got, want) {
		t.Errorf("at hand are\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got, want := show("--as-of", "2025-01-01"), []string{then + " yes"}; !slices.Equal(got, want) {
		t.Errorf("as of 2025-01-01\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	table := ran(t, append([]string{"factors", "show", "electricity", "--region", "FRA", "--year", "2023", "--all-sources"}, layers...)...)
	for line := range strings.SplitSeq(table, "\n") {
		if len(line) > 120 && !strings.HasPrefix(line, "[") { // sources are as long as they are
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

// EcoLogits prints less primary energy than the kWh itself has for five of its mixes; the lint finds these and no other.
func TestTheLintFindsPrimaryEnergyBelowTheEnergyItself(t *testing.T) {
	pack := filepath.Join(t.TempDir(), "ecologits")
	ran(t, "import", "factors", "ecologits", filepath.Join(openData(t), "ecologits", "electricity_mixes.csv"), "--released", "2025", "-o", pack)
	code, stdout, stderr := commandLine(t.Context(), "factors", "lint", pack, "--format", "json")
	if code != exitGate {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var findings []struct{ Lint, Category, Region string }
	if err := json.Unmarshal([]byte(stdout), &findings); err != nil {
		t.Fatal(err)
	}
	var regions []string
	for _, f := range findings {
		if f.Lint == "primary-energy-floor" && f.Category == "primary_energy" {
			regions = append(regions, f.Region)
		}
	}
	slices.Sort(regions)
	if got := strings.Join(regions, " "); got != "AUT BRA ISL NOR WOR" {
		t.Errorf("found for %s", got)
	}
}

// An import that is interrupted leaves nothing behind.
func TestAnInterruptedImportLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "grid.csv")
	if err := os.WriteFile(file, []byte("Entity,Code,Year,Carbon intensity of electricity per kWh\nFrance,FRA,2023,53.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	packs := filepath.Join(dir, "packs")
	code, stdout, stderr := commandLine(ctx, "import", "factors", "owid", file, "--released", "2026", "-o", filepath.Join(packs, "owid"))
	if code != exitInterrupted || stdout != "" || !strings.HasSuffix(stderr, "ailca: interrupted\n") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if entries, _ := os.ReadDir(packs); len(entries) > 0 {
		t.Errorf("it left %v", entries)
	}
}

// fullAfter is a disk that has room for a number of bytes.
type fullAfter int

func (n *fullAfter) Write(p []byte) (int, error) {
	if len(p) > int(*n) {
		return 0, &fs.PathError{Op: "write", Path: ".runs.parquet.1.partial", Err: errors.New("no space left on device")}
	}
	*n -= fullAfter(len(p))
	return len(p), nil
}

// A disk that is full is told by the system's words, without those of what wrote to it and without the name of a file that is gone.
func TestAFullDiskIsToldInTheSystemsWords(t *testing.T) {
	room := fullAfter(100)
	w := importers.NewWriter(&room, nil)
	f, _ := importers.Find("codecarbon")
	const log = "timestamp,project_name,duration,energy_consumed\n2024-01-01T00:00:10,m,20,1.5\n"
	var probs diag.List
	r := importers.Import(f, []importers.File{{Name: "e.csv", R: strings.NewReader(log), Size: int64(len(log))}}, importers.Options{Set: map[string]string{"source": "x", "licence": "MIT"}}, w, &probs)
	err := w.Close(r)
	if err == nil || probs.Err() != nil {
		t.Fatal("a full disk took an inventory", err, probs.Err())
	}
	if got := notWritten("runs.parquet", err).Error(); got != "runs.parquet cannot be written: no space left on device" {
		t.Error(got)
	}
}

func TestCountsAreGroupedOnBothSides(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out}
	a.settings.LogLevel = "info"
	a.tellInventory(&importers.Report{Kind: "deployments", Rows: 4_214_000, Files: []importers.FileReport{{Name: "a.csv", Records: 4_300_000, Used: 4_214_000, Left: 86_000, Why: []importers.Reason{{Why: "no energy", Count: 86_000}}}}}, 0, "a.parquet")
	if want := "a.csv: 4,300,000 records, 4,214,000 used, 86,000 left out\n  86,000: no energy\nwritten to a.parquet: 4,214,000 rows of deployments\n"; out.String() != want {
		t.Errorf("%s\nwant %s", out.String(), want)
	}
}
