package study

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// Record is run.json: everything that determines a result, and the digests of what came out. It says nothing of when, where and how fast.
type Record struct {
	Format         int               `json:"format"`
	ResultsVersion int               `json:"results_version"`
	RunID          string            `json:"run_id"` // see id
	Study          string            `json:"study"`
	StudyFile      string            `json:"study_file,omitempty"` // its name without a folder, which commands in the report have; empty: the open edition that is part of the program
	StudySHA256    string            `json:"study_sha256"`
	Asked          Asked             `json:"asked,omitzero"`
	Method         RefRecord         `json:"method"`
	Pack           RefRecord         `json:"factor_pack"`
	Overlays       []RefRecord       `json:"overlays,omitempty"`
	AsOf           string            `json:"as_of,omitempty"`
	Levers         []RefRecord       `json:"levers,omitempty"`
	Scenario       string            `json:"scenario"`
	Year           int               `json:"year"`
	GroupBy        []string          `json:"group_by"`
	Draws          int               `json:"draws"`
	Sampling       *sampled          `json:"sampling,omitempty"`
	Inputs         []FileRecord      `json:"inputs"`
	Outputs        []FileRecord      `json:"outputs"`
	Projection     *ProjectionRecord `json:"projection,omitempty"` // nil: an assessment
	Bundle         []Bundled         `json:"bundle,omitempty"`     // see Options.Bundle; nil: the folder is no bundle
}

// Asked is what a command asked for in place of what the study's file says; nil: nothing.
type Asked struct {
	Draws *int    `json:"draws,omitempty"`
	Seed  *uint64 `json:"seed,omitempty"`
}

// RefRecord is a method or a factor pack.
type RefRecord struct {
	Ref    string `json:"ref"` // name@version, of a CSV file its name
	Status string `json:"status"`
	Digest string `json:"digest"`
	Path   string `json:"path,omitempty"`  // as the study writes it, where it is not embedded
	Rows   int    `json:"rows,omitempty"`  // of an overlay
	Masks  int    `json:"masks,omitempty"` // rows beneath that its own stand before
}

// FileRecord is a file that a run read or wrote.
type FileRecord struct {
	Kind   string `json:"kind,omitempty"` // of inventory, or amounts; empty of what was written
	Path   string `json:"path"`           // as the study writes it; of what was written within the folder
	SHA256 string `json:"sha256"`
}

// id is the digest of all that determines the result, shortened: of all fields but itself, outputs and bundle.
func (r Record) id() string {
	r.RunID, r.Outputs, r.Bundle = "", nil, nil
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings and numbers alone
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:16]
}

func (p *plan) newRecord(ctx context.Context, in *intervals) (*Record, error) {
	s := p.study
	sum := sha256.Sum256(s.text)
	r := &Record{Format: lca.RunFormat, ResultsVersion: lca.ResultsVersion, Study: s.Name, StudyFile: s.called(), StudySHA256: hex.EncodeToString(sum[:]), Asked: s.asked,
		Method: RefRecord{Ref: p.method.Ref(), Status: p.method.Status, Digest: "sha256:" + p.method.Digest},
		Pack:   layerRecord(&p.pack.Layers[0], s.Pack), AsOf: s.AsOf, Scenario: scenario, Year: s.Year, GroupBy: s.GroupBy}
	if in != nil {
		r.Draws, r.Sampling = in.design.Draws, in.record(&s.Sampling)
	}
	if isPath(s.Method) {
		r.Method.Path = s.Method
	}
	for i, name := range s.Overlays {
		over := &p.pack.Layers[i+1]
		layer := layerRecord(over, name)
		layer.Rows, layer.Masks = over.Rows, over.Masks
		r.Overlays = append(r.Overlays, layer)
	}
	for i, l := range p.levers {
		x := RefRecord{Ref: l.Ref(), Status: l.Status, Digest: "sha256:" + l.Digest}
		if isPath(s.Levers[i]) {
			x.Path = s.Levers[i]
		}
		r.Levers = append(r.Levers, x)
	}
	for i := range p.inputs { // in the order of kinds
		in := &p.inputs[i]
		sum, err := in.sha256(ctx)
		if err != nil {
			return nil, err
		}
		r.Inputs = append(r.Inputs, FileRecord{Kind: in.kind, Path: strings.ToValidUTF8(in.name, "\uFFFD"), SHA256: sum}) // a pattern may match any name
	}
	r.RunID = r.id()
	return r, nil
}

// layerRecord records a pack that the study names.
func layerRecord(l *factors.Layer, name string) RefRecord {
	r := RefRecord{Ref: l.Ref, Status: l.Status, Digest: l.Digest}
	if l.Ref != name {
		r.Path = name
	}
	return r
}

func (r *Record) write(w io.Writer) error { return writeJSON(w, r) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// timings is timings.json, the one file outside every digest.
func (r *runState) timings(s *Study) func(w io.Writer) error {
	return func(w io.Writer) error {
		pace := r.performance()
		said := map[string]any{
			"command": r.options.Command, "jobs": r.options.Jobs, "memory_bytes": r.options.Memory, "host": host(), "steps": r.steps,
			"started": r.started.UTC().Format(time.RFC3339Nano), "seconds": pace.Seconds,
			"rows": pace.Rows, "bytes_read": pace.BytesRead, "peak_memory_bytes": pace.PeakMemory, "scan_rows_per_second": r.scanRate(),
		}
		if !s.isOpen {
			said[timingsStudy] = s.file
		}
		return writeJSON(w, said)
	}
}

// create writes a file of the result folder and returns its digest.
func create(folder *output.Folder, name string, write func(io.Writer) error) (digest string, err error) {
	f, err := folder.Create(name)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if err := write(io.MultiWriter(f, h)); err != nil {
		f.Close()
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), f.Close()
}

// replaceable refuses a former result folder that holds anything but what a run wrote: replacing it would delete somebody's own file.
func replaceable(target string) error { return ownFiles(target, output.Marker) }

// ownFiles refuses a folder that holds anything but what the record with the marker's name lists. A record that cannot be read lists nothing.
func ownFiles(target, marker string) error {
	root, err := os.OpenRoot(target)
	if err != nil {
		return nil // there is none, or output refuses it
	}
	defer root.Close()
	text, err := readWithin(root, marker, maxRecord)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotRegular) { // output refuses the folder, save where it is empty or holds something else of ours
		for other, what := range map[string]string{output.Marker: "the result of a run or a projection", output.ReportMarker: "a report"} {
			if _, err := os.Lstat(filepath.Join(target, other)); err == nil && other != marker {
				var probs diag.List
				probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(target)}, Message: "the folder holds " + what + ", which would be deleted", Hint: "move it away, or choose another output folder"})
				return probs.Err()
			}
		}
		return nil
	}
	var r Record
	known, by := []string{marker, timingsFile}, "run"
	if marker == output.ReportMarker {
		by = "report"
	}
	if json.Unmarshal(text, &r) == nil && r.Study != "" {
		for _, o := range r.Outputs {
			known = append(known, o.Path)
		}
	}
	for _, b := range r.Bundle {
		for _, f := range b.Files {
			known = append(known, f.Path)
		}
	}
	return fs.WalkDir(os.DirFS(target), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && slices.ContainsFunc(known, func(file string) bool { return name == "." || strings.HasPrefix(file, name+"/") }) || slices.Contains(known, name) {
			return err
		}
		var probs diag.List
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(filepath.Join(target, filepath.FromSlash(name)))}, Message: "no " + by + " wrote this file; replacing the folder would delete it",
			Hint: "move it away, or choose another output folder"})
		return probs.Err()
	})
}

// timingsFile is the one file outside every digest.
const timingsFile = "timings.json"

// timingsStudy is its key for the path of the study's file, as it was given.
const timingsStudy = "study"

// studyCopy is the study's file in the result folder, byte for byte: whoever checks a figure needs it.
const studyCopy = "study.yaml"

// meta is the metadata of a result table: what a reader needs to use it, nothing of files, build or run.
func (p *plan) meta(table string, format int) []parquet.KeyValue {
	return []parquet.KeyValue{
		{Key: parquet.FormatKey, Value: strconv.Itoa(format)},
		{Key: "ailca.table", Value: table},
		{Key: "ailca.study", Value: p.study.Name},
		{Key: "ailca.method", Value: p.method.Ref() + " sha256:" + p.method.Digest},
		{Key: "ailca.factor_pack", Value: p.pack.Ref() + " " + p.pack.Digest},
		{Key: "ailca.scenario", Value: scenario},
		{Key: "ailca.results_version", Value: strconv.Itoa(lca.ResultsVersion)},
		{Key: "ailca.intervals", Value: p.study.Sampling.describe()},
	}
}

// writeImpacts writes the impact table and adds its rows to the report's totals.
func (p *plan) writeImpacts(res *result) func(io.Writer) error {
	return func(w io.Writer) error {
		t, err := newTableWriter[lca.Impact](w, res.impacts.count, p.meta("impacts", lca.ImpactsFormat))
		if err != nil {
			return err
		}
		err = res.impacts.each(func(row *lca.Impact, group uint32) error {
			res.shown.impact(row)
			return t.impact(row, res.impacts.names, group)
		})
		if err != nil {
			return err
		}
		return t.close()
	}
}

func (p *plan) writeLedger(res *result) func(io.Writer) error {
	return func(w io.Writer) error { return parquet.WriteRows(w, res.entries, p.meta("ledger", lca.LedgerFormat)) }
}

func (p *plan) writeIntensities(res *result) func(io.Writer) error {
	return func(w io.Writer) error {
		t, err := newTableWriter[lca.Intensity](w, res.intensities.count, p.meta("intensities", lca.IntensitiesFormat))
		if err != nil {
			return err
		}
		err = res.intensities.each(func(row *lca.Intensity, group uint32) error {
			res.shown.intensity(row)
			return t.intensity(row, res.intensities.names, group)
		})
		if err != nil {
			return err
		}
		return t.close()
	}
}
