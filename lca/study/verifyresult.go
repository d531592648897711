package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// VerifyOptions are how a result folder is verified.
type VerifyOptions struct {
	Options          // of running it again; Out, Command, Amounts and Bundle count for nothing
	Study     string // the study's file, where the folder does not lead to it; see OpenResult
	FilesOnly bool   // nothing is run again

	Page func(p *Projection, runID string) func(io.Writer) error // of a projection, as it was written; see Projection.Write
}

// Verification says what was verified.
type Verification struct {
	Study  string
	RunID  string
	Digest string // SHA-256 of run.json: it stands for all that the folder holds, save for timings.json
	Files  int    // that are as run.json says
	Bytes  int64  // of these
	Source string // what was run again was read from, in words; empty: nothing was run again
	Again  int    // outputs
	Equal  int    // and those of them that a new run gives to the bit
}

// VerifyResult checks the files of a result folder against its run.json, then whether what the result was made of is still the same, and then runs it again in a scratch folder and
// compares what comes out. What it finds goes to findings. What keeps it from looking goes to probs: a run.json that is none, a study that is not at hand, inputs that cannot be
// read. Only a cancelled context, and a system that fails, is an error. The verification is nil where there is no record.
//
// The folder may come from a stranger: nothing outside of it is opened by what it says, save for the study that the caller names, or that was run here and has the digest in run.json,
// and what this study names. Inputs that are others than those of the run are told, and not run.
func VerifyResult(ctx context.Context, folder string, o VerifyOptions, findings, probs *diag.List) (*Verification, error) {
	r := openFolder(folder, probs)
	if r == nil {
		return nil, nil
	}
	defer r.Close()
	if !r.readRecord(probs) {
		return nil, nil
	}
	v := &Verification{Study: r.Record.Study, RunID: r.Record.RunID, Digest: r.Digest}
	whole := r.checkFiles(ctx, v, findings)
	if !r.checkID(findings) || o.FilesOnly || !whole || ctx.Err() != nil {
		return v, ctx.Err()
	}
	before := probs.Count(diag.Error)
	if r.findStudy(ctx, o.Study, probs); r.Study == nil || probs.Count(diag.Error) > before {
		return v, ctx.Err()
	}
	same, err := r.checkInputs(ctx, o.Jobs, findings, probs)
	if err != nil || !same || probs.Count(diag.Error) > before {
		return v, err
	}
	v.Source = r.Source
	if r.Record.Projection != nil {
		return v, r.projectAgain(ctx, o, v, findings, probs)
	}
	return v, r.runAgain(ctx, o.Options, v, findings, probs)
}

// maxStrangers bounds what lies in a folder beside what the run wrote.
const maxStrangers = 10_000

// checkFiles compares the folder with what run.json lists. It is false where something that a new run would read was changed: the bundle, or its study.
func (r *Result) checkFiles(ctx context.Context, v *Verification, findings *diag.List) bool {
	written := map[string]FileRecord{output.Marker: {}}
	if r.Record.Bundle == nil {
		written[timingsFile] = FileRecord{}
	}
	for _, f := range r.Record.written() {
		written[f.Path] = f
	}
	r.strangers(ctx, written, findings)
	whole := true
	for _, name := range slices.Sorted(maps.Keys(written)) {
		f := written[name]
		if ctx.Err() != nil {
			return false
		}
		if f.SHA256 != "" && !r.checkFile(ctx, f, findings) {
			whole = whole && (r.Record.Bundle == nil || name != studyCopy && !strings.HasPrefix(name, "bundle/"))
			continue
		}
		if info, err := r.root.Lstat(filepath.FromSlash(name)); err == nil && name != timingsFile {
			v.Files++
			v.Bytes += info.Size()
		}
	}
	return whole
}

// strangers finds what no run wrote into the folder: other files, links, and folders without anything in them.
func (r *Result) strangers(ctx context.Context, written map[string]FileRecord, findings *diag.List) {
	folders := map[string]bool{".": true}
	for name := range written {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	n := 0
	err := fs.WalkDir(r.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		_, known := written[name]
		switch {
		case err != nil:
			findings.Errorf(diag.MissingFile, r.at(name), "%s", cause(err))
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir() && folders[name]:
			return nil
		case known && e.Type().IsRegular():
			return nil
		}
		if n++; n > maxStrangers {
			findings.Errorf(diag.TooLarge, diag.Place{File: r.Folder}, "more than %d files that no run wrote lie in the folder", maxStrangers)
			return fs.SkipAll
		}
		switch {
		case e.IsDir():
			findings.Errorf(diag.UnlistedFile, r.at(name), "the folder does not belong to the result: no run wrote it")
			return fs.SkipDir
		case !e.Type().IsRegular():
			findings.Add(r.notAFile(name, e.Type()))
		default:
			findings.Errorf(diag.UnlistedFile, r.at(name), "the file does not belong to the result: %s does not list it", output.Marker)
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		findings.Errorf(diag.MissingFile, diag.Place{File: r.Folder}, "%s", cause(err))
	}
}

// checkInputs compares what a new run would be made of with what the record says that this one was. It is false where a new run would read other files: of another version of the
// program the results are still worth comparing.
func (r *Result) checkInputs(ctx context.Context, jobs int, findings, probs *diag.List) (bool, error) {
	var list diag.List
	p, err := r.Study.compiled(ctx, jobs, &list)
	defer p.close()
	if err != nil {
		return false, err
	}
	if list.Count(diag.Error) > 0 {
		if r.otherFiles(ctx, p, findings) {
			probs = findings // a file that is another one explains what is wrong with it
		}
		probs.Merge(&list)
		return false, ctx.Err()
	}
	now, err := p.newRecord(ctx, nil)
	if err != nil {
		if ctx.Err() == nil {
			probs.Errorf(diag.MissingFile, diag.Place{File: r.Study.file}, "%s", cause(err))
			err = nil
		}
		return false, err
	}
	return r.compare(now, findings), nil
}

// otherFiles tells which of the inventories that could be opened are others than those that were assessed.
func (r *Result) otherFiles(ctx context.Context, p *plan, findings *diag.List) bool {
	var was, now []FileRecord
	for i := range p.inputs {
		in := &p.inputs[i]
		at := slices.IndexFunc(r.Record.Inputs, func(f FileRecord) bool { return f.Kind == in.kind && f.Path == in.name })
		sum, err := in.sha256(ctx)
		if at < 0 || err != nil {
			continue
		}
		was, now = append(was, r.Record.Inputs[at]), append(now, FileRecord{Kind: in.kind, Path: in.name, SHA256: sum})
	}
	return !r.compareInputs(was, now, findings)
}

// compare tells in what the record of a new run is another one, before it is run.
func (r *Result) compare(now *Record, findings *diag.List) (same bool) {
	was := &r.Record
	same = true
	differs := func(why, format string, args ...any) {
		findings.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(output.Marker), Message: fmt.Sprintf(format, args...), Why: why})
	}
	if was.ResultsVersion != now.ResultsVersion {
		differs("the same inputs may give other figures", "the results are of version %d of results, this program makes version %d", was.ResultsVersion, now.ResultsVersion)
	}
	ref := func(what string, was, now RefRecord) {
		switch {
		case was.Path == "" && now.Path == "" && was.Ref == now.Ref && was.Digest != now.Digest:
			differs(fmt.Sprintf("its digest is %s, that of the run's %s", now.Digest, was.Digest), "the %s %s that is part of this program is another one: these are results of another version of the program", what, was.Ref)
		case was.Digest != now.Digest:
			same = false
			differs(fmt.Sprintf("its digest is %s, that of the run's %s", now.Digest, was.Digest), "%s is not the %s that was used", r.Study.resolve(now.Path), what)
		case was != now:
			same = false
			differs("the study, which has the digest in the record, says otherwise", "the record says of the %s %s what no run of this study does", what, was.Ref)
		}
	}
	ref("method", was.Method, now.Method)
	ref("factor pack", was.Pack, now.Pack)
	for i := range max(len(was.Overlays), len(now.Overlays)) {
		ref("overlay", at(was.Overlays, i), at(now.Overlays, i))
	}
	for i := range max(len(was.Levers), len(now.Levers)) {
		if was.Projection == nil { // which computes none, whatever the study
			ref("lever", at(was.Levers, i), at(now.Levers, i))
		}
	}
	if !r.compareInputs(was.Inputs, now.Inputs, findings) {
		same = false
	}
	// All else is what the study's text says, and its digest is the record's.
	x, y := *was, *now
	for _, rec := range []*Record{&x, &y} {
		rec.ResultsVersion, rec.Method, rec.Pack, rec.Overlays, rec.Levers, rec.Inputs, rec.Draws, rec.Sampling = 0, RefRecord{}, RefRecord{}, nil, nil, nil, 0, nil
	}
	if was.Projection != nil { // which says of these what a projection does, whatever the study
		x.Projection, x.GroupBy, x.Scenario, y.GroupBy, y.Scenario = nil, nil, "", nil, ""
	}
	if x.id() != y.id() {
		same = false
		differs("the study, which has the digest in the record, says otherwise", "the record says of year, groups, scenario or draws what no run of this study does")
	}
	return same
}

// compareInputs tells which inventories are others than those that were assessed.
func (r *Result) compareInputs(was, now []FileRecord, findings *diag.List) (same bool) {
	type file struct{ kind, path string }
	digests := map[file]string{}
	for _, in := range now {
		digests[file{in.Kind, in.Path}] = in.SHA256
	}
	same = true
	differs := func(name, why, format string, args ...any) {
		same = false
		findings.Add(diag.Problem{Code: diag.DigestMismatch, Place: diag.Place{File: filepath.ToSlash(r.Study.resolve(name))}, Message: fmt.Sprintf(format, args...), Why: why})
	}
	for _, in := range was {
		f := file{in.Kind, in.Path}
		sum, ok := digests[f]
		delete(digests, f)
		switch {
		case !ok:
			differs(in.Path, "the study's patterns match other files now", "%s was assessed as %s, and is not there", in.Path, in.Kind)
		case sum != in.SHA256:
			differs(in.Path, output.Marker+" states "+in.SHA256, "%s is not the file that was assessed: its SHA-256 is %s", path.Base(in.Path), sum)
		}
	}
	for _, in := range now {
		if _, ok := digests[file{in.Kind, in.Path}]; ok {
			differs(in.Path, "the study's patterns match other files now", "%s was not assessed, and a new run would read it as %s", in.Path, in.Kind)
		}
	}
	return same
}

// runAgain runs the study in a scratch folder and compares what comes out.
func (r *Result) runAgain(ctx context.Context, o Options, v *Verification, findings, probs *diag.List) error {
	scratch, err := os.MkdirTemp(o.Scratch, "ailca-verify-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	o.Out, o.Command, o.Bundle = scratch, nil, false
	o.Amounts = slices.ContainsFunc(r.Record.Outputs, func(f FileRecord) bool { return f.Path == amountsFile })
	sum, err := Run(ctx, r.Study, o)
	if err != nil {
		return problemsOf(ctx, err, probs)
	}
	again := OpenRecord(sum.Folder, probs)
	if again == nil {
		return nil
	}
	defer again.Close()
	was, now := &r.Record, &again.Record
	if x, y := jsonText(howDrawn{was.Draws, was.Sampling}), jsonText(howDrawn{now.Draws, now.Sampling}); x != y {
		findings.Add(diag.Problem{Code: diag.TablesDiffer, Place: r.at(output.Marker), Message: "the record says of the draws what a new run does not", Why: fmt.Sprintf("%s; a new run %s", x, y)})
	}
	return r.compareOutputs(ctx, again, v, findings)
}

// projectAgain projects the study again in a scratch folder, and compares what comes out.
func (r *Result) projectAgain(ctx context.Context, o VerifyOptions, v *Verification, findings, probs *diag.List) error {
	options := ProjectOptions{Options: o.Options, To: r.Record.Projection.To}
	for i := range r.Record.Projection.Scenarios {
		x := &r.Record.Projection.Scenarios[i]
		s := r.copiedScenario(x, probs)
		if s == nil {
			return nil
		}
		if digest := "sha256:" + s.Digest; digest != x.Digest {
			findings.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(output.Marker), Message: "the scenario " + x.Ref + " is not the one that was projected: its digest is " + digest, Why: output.Marker + " states " + x.Digest,
				Hint: "an embedded one is of another version of the program; a copy was changed: fetch the folder again"})
			return nil
		}
		options.Scenarios = append(options.Scenarios, s)
	}
	scratch, err := os.MkdirTemp(o.Scratch, "ailca-verify-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	options.Out, options.Command = scratch, nil
	p, err := Project(ctx, r.Study, options)
	if err == nil {
		defer p.Close()
		var page func(io.Writer) error
		if o.Page != nil {
			page = o.Page(p, r.Record.RunID)
		}
		var folder string
		if folder, err = p.Write(ctx, page); err == nil {
			again := OpenRecord(folder, probs)
			if again == nil {
				return nil
			}
			defer again.Close()
			return r.compareOutputs(ctx, again, v, findings)
		}
	}
	return problemsOf(ctx, err, probs)
}

// problemsOf adds the problems that a run ended in to probs; another error, and that of a context that has ended, is returned.
func problemsOf(ctx context.Context, err error, probs *diag.List) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var invalid *diag.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	probs.Merge(&invalid.List)
	return nil
}

// howDrawn is what run.json says of draws.
type howDrawn struct {
	Draws    int      `json:"draws"`
	Sampling *sampled `json:"sampling"`
}

// compareOutputs compares the digests of what two runs wrote, and tells of files that differ where they differ first.
func (r *Result) compareOutputs(ctx context.Context, again *Result, v *Verification, findings *diag.List) error {
	now := map[string]string{}
	for _, f := range again.Record.Outputs {
		now[f.Path] = f.SHA256
	}
	for _, f := range r.Record.Outputs {
		sum, ok := now[f.Path]
		delete(now, f.Path)
		v.Again++
		if !ok {
			findings.Errorf(diag.TablesDiffer, r.at(f.Path), "a new run writes no such file")
			continue
		}
		if sum == f.SHA256 {
			v.Equal++
		}
		if err := r.compareOutput(ctx, again, f, sum, findings); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		findings.Errorf(diag.TablesDiffer, r.at(name), "a new run writes this file, and %s does not list it", output.Marker)
	}
	return nil
}

// compareOutput tells where a file differs first from that of a new run. A file that cannot be read is told already where it is another one than the run wrote.
func (r *Result) compareOutput(ctx context.Context, again *Result, f FileRecord, sum string, findings *diag.List) error {
	was, _, err := openWithin(r.root, filepath.FromSlash(f.Path))
	if err != nil {
		return nil // which is told
	}
	defer was.Close()
	var nothing diag.List
	intact := r.checkFile(ctx, f, &nothing)
	if intact && sum == f.SHA256 {
		return ctx.Err()
	}
	fresh, _, err := openWithin(again.root, filepath.FromSlash(f.Path))
	if err != nil {
		return err
	}
	defer fresh.Close()
	x := diag.Problem{Code: diag.TablesDiffer, Place: r.at(f.Path), Why: fmt.Sprintf("the digest of a new run's is %s, %s states %s", sum, output.Marker, f.SHA256)}
	if sum == f.SHA256 {
		x.Why = "a new run gives the file that " + output.Marker + " states: this one was changed after the run"
	}
	d, err := differs(ctx, f.Path, was, fresh)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !intact:
		return nil
	case err != nil:
		x.Message = "it is another file than that of a new run, and cannot be read: " + firstLine(err.Error())
	default:
		x.Place.Line, x.Place.Row, x.Place.Column, x.Message = d.line, d.row, d.column, d.what
	}
	findings.Add(x)
	return nil
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}
