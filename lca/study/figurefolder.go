package study

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// impactsFile is the impact table of a result folder.
const impactsFile = "impacts.parquet"

// DifferentFigure is the error of a figure that does not come out as it is published.
type DifferentFigure struct {
	Published float64
	Computed  float64
	Unit      string
	Has       bool     // anything was computed for the selection
	Why       []string // what has changed since, as far as it can be told
}

func (d *DifferentFigure) Error() string {
	text := fmt.Sprintf("published is %v %s, ", d.Published, d.Unit)
	switch {
	case !d.Has:
		text += "and the inputs give no such row any more"
	case math.Float64bits(d.Published) == math.Float64bits(d.Computed):
		text += "and so it is computed, but from other rows of the impact table"
	default:
		text += fmt.Sprintf("computed is %v %s", d.Computed, d.Unit)
	}
	if len(d.Why) == 0 {
		return text + ": study, method, factors and inputs are those of the run, so the result was changed, or another version of the program wrote it"
	}
	return text + ": " + strings.Join(d.Why, "; ")
}

// publishedImpacts is the impact table of a result folder.
type publishedImpacts struct {
	result *Result
	file   *parquet.File
	r      *os.File
}

// OpenResultFigures opens the figures of a result folder: those that it publishes, with what the study that it was made of comes to now.
func OpenResultFigures(ctx context.Context, folder, studyFile string, o Options, probs *diag.List) (*Figures, error) {
	r := OpenResult(ctx, folder, studyFile, probs)
	if r == nil {
		return nil, probs.Err()
	}
	r.TakeAny() // what comes out is compared, and inputs that have changed are named
	p := &publishedImpacts{result: r}
	if err := p.open(probs); err != nil {
		p.close()
		return nil, err
	}
	f, err := OpenFigures(ctx, r.Study, o, probs)
	if err != nil {
		p.close()
		return nil, err
	}
	f.published = p
	return f, nil
}

// open opens the impact table. No link leads out of the folder.
func (p *publishedImpacts) open(probs *diag.List) error {
	at := p.result.at(impactsFile)
	refuse := func(err error) error {
		probs.Errorf(diag.MissingFile, at, "the impact table cannot be read: %v", cause(err))
		return probs.Err()
	}
	info, err := p.result.root.Lstat(impactsFile) // before it is opened: opening a named pipe would wait for a writer
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("not a regular file")
	}
	if err != nil {
		return refuse(err)
	}
	if p.r, err = p.result.root.Open(impactsFile); err != nil {
		return refuse(err)
	}
	if p.file, err = parquet.Open(at.File, p.r, info.Size()); err != nil {
		return err
	}
	return nil
}

func (p *publishedImpacts) close() {
	if p.r != nil {
		p.r.Close()
	}
	p.result.Close()
}

// differs compares what is picked with what the study comes to now; nil where all rows are the same to the bit. What is picked is then what was computed.
func (f *Figures) differs(ctx context.Context, q *Query, from *pickedRows) (*pickedRows, error) {
	var probs diag.List
	now, err := f.gather(f.computed, from.where, q.Top, &probs)
	if err != nil {
		return nil, err
	}
	if now != nil && now.digest == from.digest {
		return from, nil
	}
	d := &DifferentFigure{Published: from.sum.Float64(), Unit: from.shown[0].Unit, Has: now != nil}
	if now != nil {
		d.Computed = now.sum.Float64()
	}
	d.Why, err = f.changed(ctx)
	if err != nil {
		return nil, err
	}
	return now, d
}

// changed says what is not as it was when the result was written.
func (f *Figures) changed(ctx context.Context) (why []string, err error) {
	was := &f.published.result.Record
	now, err := f.p.newRecord(ctx, nil)
	if err != nil {
		return nil, err
	}
	if was.ResultsVersion != now.ResultsVersion {
		why = append(why, fmt.Sprintf("the folder has results version %d, and this program computes version %d", was.ResultsVersion, now.ResultsVersion))
	}
	if was.Method.Digest != now.Method.Digest {
		why = append(why, fmt.Sprintf("the method %s is not the one of the run, %s", now.Method.Ref, was.Method.Ref))
	}
	if was.Pack.Digest != now.Pack.Digest {
		why = append(why, fmt.Sprintf("the factor pack %s is not the one of the run, %s", now.Pack.Ref, was.Pack.Ref))
	}
	if !slices.EqualFunc(was.Overlays, now.Overlays, func(a, b RefRecord) bool { return a.Digest == b.Digest }) {
		why = append(why, "the overlays are not those of the run")
	}
	for _, in := range now.Inputs {
		if !slices.Contains(was.Inputs, in) {
			why = append(why, fmt.Sprintf("the inventory %s has changed since", in.Path))
		}
	}
	sum, err := f.published.sha256(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(was.Outputs, func(out FileRecord) bool { return out.Path == impactsFile && out.SHA256 == sum }) {
		why = append(why, impactsFile+" is not the one that the run wrote")
	}
	return why, nil
}

func (p *publishedImpacts) sha256(ctx context.Context) (string, error) {
	info, err := p.r.Stat()
	if err != nil {
		return "", err
	}
	in, err := newInput(impactsFile, io.ReaderAt(p.r), info.Size(), func() error { return nil })
	if err != nil {
		return "", err
	}
	return in.sha256(ctx)
}

// computed visits the rows of the impact table that the study comes to now.
func (f *Figures) computed(visit func(row *lca.Impact) error) error {
	return f.res.impacts.each(func(row *lca.Impact, _ uint32) error { return visit(row) })
}

// Each visits the rows of the impact table in its order: of a result folder those that it publishes. A row is good until visit returns.
func (f *Figures) Each(visit func(row *lca.Impact) error) error {
	if f.published != nil {
		return parquet.EachRow(f.published.file, visit)
	}
	return f.computed(visit)
}
