// Package verify checks a data package that somebody published: that every file is there, unchanged and listed, and that sizes, digests, columns, rows and values
// are what the descriptor states. Constraints, sources and licences in it, the README and the citation are the publisher's word, which the digests keep.
//
// A package may come from a stranger. Nothing outside of its folder is opened, no link is followed and no pipe waited for; what is read is bounded; and
// the second implementation of Parquet, which believes what files say, runs in a process of its own (see package second).
package verify

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Options are how a package is verified.
type Options struct {
	Second   []string      // the command that second.Main answers to
	Memory   int64         // of the second implementation; 0: second.DefaultMemory
	Deadline time.Duration // of the second implementation on one file; 0: second.DefaultDeadline

	opened func(name string) // tests: a file is open and its state known
}

// Report says what was verified.
type Report struct {
	Name    string
	Version string
	Files   int
	Bytes   int64
	Tables  []Table
	Sum     string // SHA-256 of SHA256SUMS: whoever was told it otherwise knows that the package is the one that was meant
}

// Table is a table that was read.
type Table struct {
	Kind    string
	Rows    int64
	Columns int
	Second  bool // the second implementation agrees on every value
	CSV     bool // the CSV file does
}

// Limits of a package.
const (
	maxEntries = 10_000   // files and folders
	maxSums    = 4 << 20  // bytes of SHA256SUMS
	maxJSON    = 32 << 20 // bytes of datapackage.json, and of the crate
	maxDepth   = 64       // of values in each other
)

// verification is the verifying of one package.
type verification struct {
	ctx   context.Context
	o     Options
	shown string // the folder, as messages name it
	root  *os.Root
	probs *diag.List
	files map[string]fs.FileInfo // regular files of the folder, by path
	sums  map[string]string      // digests by path, as SHA256SUMS states them
	sizes map[string]int64       // of files whose digest is as stated
	out   *Report
}

// Package verifies a folder. Findings go to probs; nil where the folder is none. Only a cancelled context is an error.
func Package(ctx context.Context, folder string, o Options, probs *diag.List) (*Report, error) {
	v := &verification{ctx: ctx, o: o, shown: filepath.ToSlash(filepath.Clean(folder)), probs: probs, files: map[string]fs.FileInfo{}, sums: map[string]string{}, sizes: map[string]int64{}, out: &Report{}}
	root, err := os.OpenRoot(folder)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: v.shown}, Message: "the folder of a package is needed: " + cause(err)})
		return nil, nil
	}
	defer root.Close()
	v.root = root
	if !v.walk() || !v.readSums() {
		return v.out, ctx.Err()
	}
	v.digests()
	if v.ctx.Err() == nil {
		if d := v.descriptor(); d != nil {
			v.out.Name, v.out.Version = d.Name, d.Version
			v.crate(d)
			v.tables(d)
		}
	}
	return v.out, ctx.Err()
}

// at is the place of a file of the package.
func (v *verification) at(name string) diag.Place {
	return diag.Place{File: v.shown + "/" + name}
}

func (v *verification) errorf(code diag.Code, name, format string, args ...any) {
	v.probs.Errorf(code, v.at(name), format, args...)
}

// described are the files that describe the tables.
var described = []string{publish.DescriptorFile, publish.CrateFile, publish.CitationFile, publish.ReadmeFile}
