//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// longStudy writes a study of a request log that takes a noticeable time to run.
func longStudy(t *testing.T, rows int) string {
	t.Helper()
	dir := t.TempDir()
	kind, _ := datasets.KindByName("deployments")
	b := parquet.NewBuilder(kind.Fields())
	for row := range rows {
		for i, c := range kind.Columns {
			switch c.Name {
			case "model_id":
				b.Text(i, fmt.Sprintf("model-%d", row%50))
			case "energy":
				b.Number(i, float64(row%977)*1e-6)
			case "requests":
				b.Number(i, 1)
			case "energy_boundary":
				b.Text(i, "facility")
			case "year":
				b.Number(i, 2024)
			case "region":
				b.Text(i, "FRA")
			case "scope":
				b.Text(i, "volume")
			case "source", "licence":
				b.Text(i, "made up for a test")
			case "quality":
				b.Text(i, "measured")
			default:
				b.Missing(i)
			}
		}
	}
	table := b.Table()
	var out bytes.Buffer
	w, err := parquet.Create(&out, kind.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&column.Batch{Rows: table.Rows, Columns: table.Data}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	study := `study: log
year: 2024
method: observatory@1.0.0
pack: open@2025.1
draws: 100
inventories: {deployments: log.parquet}
group_by: [model]
accept_gaps:
  - {factor: electricity, categories: [abiotic_depletion], reason: "a test"}
  - {kind: deployments, reason: "a test"}
`
	for name, content := range map[string][]byte{"log.parquet": out.Bytes(), "study.yaml": []byte(study)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command is ailca in a process of its own: the test binary, which runs the program under this name.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("ailca")
	if err != nil {
		t.Skip("ailca is not on the path of this test")
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	return cmd
}

// whole checks that the result folder is complete, every file with the digest that run.json gives, or not there.
func whole(t *testing.T, folder string) bool {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 11 {
		t.Errorf("%s holds %d files", folder, len(entries))
	}
	text, err := os.ReadFile(filepath.Join(folder, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Outputs []struct{ Path, SHA256 string }
	}
	if err := json.Unmarshal(text, &record); err != nil || len(record.Outputs) != 9 {
		t.Fatalf("run.json is incomplete: %v", err)
	}
	for _, o := range record.Outputs {
		content, err := os.ReadFile(filepath.Join(folder, o.Path))
		if err != nil {
			t.Fatal(err)
		}
		if got := digestOf(content); got != o.SHA256 {
			t.Errorf("%s is not what run.json says", o.Path)
		}
	}
	return true
}

// Killed at twenty random instants, a run leaves a complete result or none, and the next run is none the worse.
func TestKilledAtAnyInstantNothingPartialStandsUnderTheFinalName(t *testing.T) {
	dir := longStudy(t, 100_000)
	began := time.Now()
	if out, err := command(t, dir, "run", "study.yaml", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	length := time.Since(began)
	folder := filepath.Join(dir, "out", "log")
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for try := 0; killed < 20 && try < 200; try++ {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		cmd := command(t, dir, "run", "study.yaml", "--quiet")
		began := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Float64() * float64(length)))
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		} else {
			length = min(length, time.Since(began)) // the machine is faster than it was
		}
		whole(t, folder)
	}
	if killed < 20 {
		t.Errorf("only %d runs were killed before their end", killed)
	}
	if out, err := command(t, dir, "run", "study.yaml", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("after the kills: %v\n%s", err, out)
	}
	if !whole(t, folder) {
		t.Error("the last run left no result")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "out", ".*")); len(left) > 0 {
		t.Errorf("temporary folders are left: %v", left)
	}
}

// Interrupted by Ctrl-C, a run exits with 130 and leaves no folder, not even a temporary one.
func TestInterruptedARunExitsWith130AndLeavesNothing(t *testing.T) {
	dir := longStudy(t, 400_000)
	wait := 150 * time.Millisecond
	for range 30 {
		if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil {
			t.Fatal(err)
		}
		cmd := command(t, dir, "run", "study.yaml")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(wait)
		cmd.Process.Signal(syscall.SIGINT)
		cmd.Wait()
		switch code := cmd.ProcessState.ExitCode(); code {
		case 0:
			wait = wait * 2 / 3 // it was done before the signal came: sooner, then
			continue
		case -1:
			wait = wait * 5 / 4 // on a busy machine the process had not yet begun to listen to signals: later, then
			continue
		case 130:
		default:
			t.Fatalf("exit code %d\n%s", code, stderr.String())
		}
		if entries, _ := os.ReadDir(filepath.Join(dir, "out")); len(entries) > 0 {
			t.Errorf("the interrupted run left %v", entries)
		}
		return
	}
	t.Error("no run was interrupted before its end")
}

// On a full disk (a limit on the size of files stands in for it) a run says so, exits with 1 and leaves nothing.
func TestOnAFullDiskARunLeavesNothing(t *testing.T) {
	dir := longStudy(t, 1000)
	ailca, err := exec.LookPath("ailca")
	if err != nil {
		t.Skip("ailca is not on the path of this test")
	}
	cmd := exec.Command("sh", "-c", "ulimit -f 8; exec \"$0\" run study.yaml", ailca)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit code %d, expected 1", cmd.ProcessState.ExitCode())
	}
	if !strings.Contains(string(out), "file too large") {
		t.Errorf("the message does not tell the cause: %s", out)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "out")); len(entries) > 0 {
		t.Errorf("the run left %v", entries)
	}
}

// An import that waits for somebody to write into a named pipe can be interrupted.
func TestAnImportThatWaitsForAPipeIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.csv"), 0o666); err != nil {
		t.Skip(err)
	}
	for wait := 300 * time.Millisecond; wait < 10*time.Second; wait *= 2 {
		cmd := command(t, dir, "import", "codecarbon", "pipe.csv", "-o", "x.parquet", "--set", "source=x", "--set", "licence=CC0-1.0")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(wait)
		cmd.Process.Signal(syscall.SIGINT)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			cmd.Process.Kill()
			t.Fatal("it did not end")
		}
		switch code := cmd.ProcessState.ExitCode(); code {
		case 130:
			return
		case -1: // on a busy machine the process had not yet begun to listen to signals: later, then
		default:
			t.Fatalf("exit code %d", code)
		}
	}
	t.Error("no import was interrupted")
}
