package study

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Validate checks files of any sort that a study is made of, each on its own: studies (and all that they name), methods, inventories and folders of
// factor packs. All problems go to probs. With Options.Quality the ratings of the inventories are returned, in the order of the paths and, of a
// study, of the kinds.
func Validate(ctx context.Context, paths []string, o Options, probs *diag.List) []Rated {
	in := &inspector{o: o, probs: probs}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: path}, Message: cause(err)})
		case info.IsDir():
			checkPack(path, probs)
		case strings.EqualFold(filepath.Ext(path), ".parquet"):
			validateInventory(ctx, path, in, probs)
		case strings.EqualFold(filepath.Ext(path), ".yaml"), strings.EqualFold(filepath.Ext(path), ".yml"):
			validateDocument(ctx, path, in, probs)
		case startsAsParquet(path):
			validateInventory(ctx, path, in, probs)
		default:
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: path}, Message: "not a study or method (.yaml), an inventory (.parquet) or the folder of a factor pack"})
		}
	}
	return in.rated
}

// startsAsParquet tells a Parquet file of any name.
func startsAsParquet(path string) bool {
	f, _, err := openRegular(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4))
	return err == nil && isParquet(head)
}

// validateDocument tells a study from a method by its first key.
func validateDocument(ctx context.Context, path string, in *inspector, probs *diag.List) {
	text, err := readBounded(path)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: path}, Message: cause(err)})
		return
	}
	var ignored diag.List
	root := document.Parse(path, text, &ignored)
	switch {
	case root.Get("study") != nil:
	case root.Get("method") != nil && (root.Get("kinds") != nil || root.Get("inventories") == nil):
		validateMethod(path, text, probs)
		return
	case root.Get("pack") != nil && root.Get("method") == nil:
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: path}, Message: "this is the definition of a factor pack: the pack is checked as a whole", Hint: "name its folder, " + filepath.ToSlash(filepath.Dir(path))})
		return
	}
	s := LoadFile(ctx, path, probs)
	if s == nil {
		return
	}
	p, err := s.compiled(ctx, in.o.Jobs, probs)
	if err == nil {
		err = in.study(ctx, p)
	}
	p.close()
	if err != nil && ctx.Err() == nil {
		probs.Errorf(diag.BadParquet, diag.Place{File: path}, "%v", err)
	}
}

// validateMethod compiles a method for every kind that it has rules for, against the factors of the newest embedded pack, and checks its examples.
func validateMethod(path string, text []byte, probs *diag.List) {
	before := probs.Count(diag.Error)
	m := rules.Load(path, text, probs)
	if m == nil {
		return
	}
	if pack := LoadPack("", probs); pack != nil {
		compileMethod(m, pack, before, probs)
	}
}

func validateInventory(ctx context.Context, path string, look *inspector, probs *diag.List) {
	in, err := openFile(filepath.ToSlash(path), path)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: path}, Message: cause(err)})
		return
	}
	defer in.close()
	kind := kindOf(in, look.o.Kind, probs)
	if kind == nil {
		return
	}
	inv := datasets.OpenInventory(kind, []datasets.File{{Name: in.name, R: in.r, Size: in.size}}, probs)
	if inv == nil {
		return
	}
	// References to other kinds are looked at where a study brings the files together.
	tables, err := look.catalogues()
	if err == nil {
		err = look.inventory(ctx, inv, datasets.CheckOptions{}, tables)
	}
	if err != nil && ctx.Err() == nil {
		probs.Errorf(diag.BadParquet, diag.Place{File: path}, "%v", err)
	}
}

// kindOf finds the kind of an inventory: as told, as its metadata says, or the one that knows most of its columns.
func kindOf(in input, told string, probs *diag.List) *datasets.Kind {
	return datasets.KindOf(datasets.File{Name: in.name, R: in.r, Size: in.size}, told, probs)
}
