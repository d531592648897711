package study

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// pinnedStudy is a study on disk of a log and the catalogue of hardware. inventories is its value of deployments.
func pinnedStudy(t *testing.T, inventories string, logs map[string][]byte) (*Study, *diag.List) {
	t.Helper()
	open, err := datasets.OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(logs)
	files["hardware.parquet"] = open["hardware"]
	files["study.yaml"] = []byte(`study: pinned
year: 2023
method: observatory@1.0.0
pack: open@2025.1
inventories:
  hardware: hardware.parquet
  deployments: ` + inventories + `
accept_gaps:
  - {factor: electricity, reason: "a test"}
  - {kind: deployments, reason: "a test"}
`)
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var probs diag.List
	return LoadFile(context.Background(), filepath.Join(dir, "study.yaml"), &probs), &probs
}

// changed is a log, and the same with another number in a row, whose file differs in one bit of a page of values.
func changed(t *testing.T) (log, other []byte) {
	t.Helper()
	var rows []logRow
	for i, energy := range []float64{1000, 123.456789, 10} {
		rows = append(rows, logRow{"deployment_id": fmt.Sprint(i), "model_id": "m", "scope": "volume", "source": "s", "licence": "CC0-1.0", "quality": "measured", "region": "FRA", "year": 2023.0,
			"energy": energy, "energy_boundary": "facility"})
	}
	log = logFiles(t, logColumns(rows), rows, 1, 3)[0]
	value := binary.LittleEndian.AppendUint64(nil, math.Float64bits(123.456789))
	if bytes.Count(log, value) != 1 {
		t.Fatalf("the value stands %d times in the file", bytes.Count(log, value))
	}
	other = bytes.Clone(log)
	other[bytes.Index(log, value)+4] ^= 1
	return log, other
}

// problemsIn are the texts of all problems of an error.
func problemsIn(err error) string {
	var invalid *diag.Invalid
	if !errors.As(err, &invalid) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, p := range invalid.List.Problems() {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

func digestOf(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// No reader sees that one number has become another. Where the study states the file's digest the run is refused, and writes nothing.
func TestADigestInTheStudyCatchesAFileThatReadsAsOtherNumbers(t *testing.T) {
	log, other := changed(t)
	impacts := map[string]string{}
	for name, content := range map[string][]byte{"log": log, "other": other} {
		s, probs := pinnedStudy(t, "log.parquet", map[string][]byte{"log.parquet": content})
		if s == nil {
			t.Fatal(probs.Err())
		}
		digests, _ := tables(t, s, Options{})
		impacts[name] = digests["impacts.parquet"]
	}
	if impacts["log"] == impacts["other"] {
		t.Fatal("the changed bit changes no result")
	}
	for name, tc := range map[string]struct {
		content     []byte
		inventories string
		refused     bool
	}{
		"the file that is named":      {log, "{file: log.parquet, sha256: " + digestOf(log) + "}", false},
		"in capitals, in a list":      {log, "[{file: ./log.parquet, sha256: " + strings.ToUpper(digestOf(log)) + "}]", false},
		"beside a pattern":            {log, "[{file: log.parquet, sha256: " + digestOf(log) + "}, \"l*.parquet\"]", false},
		"another":                     {other, "{file: log.parquet, sha256: " + digestOf(log) + "}", true},
		"another, beside a pattern":   {other, "[\"l*.parquet\", {file: log.parquet, sha256: " + digestOf(log) + "}]", true},
		"what is no Parquet any more": {log[:len(log)-1], "{file: log.parquet, sha256: " + digestOf(log) + "}", true},
	} {
		s, probs := pinnedStudy(t, tc.inventories, map[string][]byte{"log.parquet": tc.content})
		if s == nil {
			t.Fatalf("%s: %s", name, problemsIn(probs.Err()))
		}
		out := t.TempDir()
		_, err := Run(context.Background(), s, Options{Out: out})
		if !tc.refused {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if text := problemsIn(err); !strings.Contains(text, "study.yaml:7:") || !strings.Contains(text, "its SHA-256 is "+digestOf(tc.content)) {
			t.Errorf("%s: %s", name, text)
		}
		if entries, _ := os.ReadDir(out); len(entries) > 0 {
			t.Errorf("%s: a result was written", name)
		}
	}
}

// All that is wrong is told at once, and by a check as well as by a run.
func TestAWrongDigestIsToldBesideOtherProblems(t *testing.T) {
	log, other := changed(t)
	rows := []logRow{{"deployment_id": "x", "model_id": "m", "scope": "volume", "source": "s", "licence": "CC0-1.0", "quality": "measured", "region": "nowhere", "year": 2023.0}}
	faulty := logFiles(t, logColumns(rows), rows, 1, 1)[0]
	s, probs := pinnedStudy(t, "[faulty.parquet, {file: log.parquet, sha256: "+digestOf(log)+"}]", map[string][]byte{"log.parquet": other, "faulty.parquet": faulty})
	if s == nil {
		t.Fatal(probs.Err())
	}
	_, ran := Run(context.Background(), s, Options{Out: t.TempDir()})
	var checked diag.List
	Validate(context.Background(), []string{s.file}, Options{}, &checked)
	for _, err := range []error{ran, checked.Err()} {
		if text := problemsIn(err); !strings.Contains(text, "[digest-mismatch]") || !strings.Contains(text, "nowhere") {
			t.Error(text)
		}
	}
}

func TestDigestsThatMeanNothingAreRefused(t *testing.T) {
	digest := strings.Repeat("0f", 32)
	for inventories, want := range map[string]string{
		"{file: log.parquet, sha256: 0f0f}":              "is no SHA-256",
		"{file: log.parquet, sha256: " + digest + "z}":   "is no SHA-256",
		"{file: log.parquet}":                            "sha256",
		"{sha256: " + digest + "}":                       "file",
		"{file: \"l*.parquet\", sha256: " + digest + "}": "is that of one file",
		"{file: log.parquet, sha1: " + digest + "}":      "sha1",
		"[{file: log.parquet, sha256: " + digest + "}, {file: ./log.parquet, sha256: " + strings.Repeat("00", 32) + "}]": "another digest of ./log.parquet",
		"[[log.parquet]]": "expected a text",
	} {
		s, probs := pinnedStudy(t, inventories, map[string][]byte{"log.parquet": nil})
		if text := problemsIn(probs.Err()); s != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %s", inventories, text)
		}
	}
}
