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

// Validate checks files of any sort that a study is made of: studies (and all that they name), methods and folders of factor packs each on its own, and
// inventories, of which those of one kind are one, and whose catalogues serve the others. All problems go to probs. With Options.Quality the ratings of
// the inventories are returned, those of studies in the order of the paths and the others in the order of the kinds.
func Validate(ctx context.Context, paths []string, o Options, probs *diag.List) []Rated {
	in := &inspector{o: o, probs: probs}
	given := &given{files: map[*datasets.Kind][]datasets.File{}}
	defer given.close()
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: path}, Message: cause(err)})
		case info.IsDir():
			checkPack(path, probs)
		case strings.EqualFold(filepath.Ext(path), ".parquet"):
			given.open(ctx, path, o.Kind, probs)
		case strings.EqualFold(filepath.Ext(path), ".yaml"), strings.EqualFold(filepath.Ext(path), ".yml"):
			validateDocument(ctx, path, in, probs)
		case startsAsParquet(path):
			given.open(ctx, path, o.Kind, probs)
		default:
			hint := ""
			if ext := strings.ToLower(filepath.Ext(path)); ext == ".csv" || ext == ".json" {
				hint = "ailca import FORMAT FILE -o INVENTORY.parquet makes an inventory of it, and ailca contribute FILE -o DIR a submission"
			}
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: path}, Message: "not a study or method (.yaml), an inventory (.parquet) or the folder of a factor pack", Hint: hint})
		}
	}
	given.validate(ctx, in, probs)
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

// given are inventories that are named by themselves.
type given struct {
	inputs []input
	files  map[*datasets.Kind][]datasets.File // whose schemas are sound
}

func (g *given) close() {
	for i := range g.inputs {
		g.inputs[i].close()
	}
}

// open adds a file, and checks its schema.
func (g *given) open(ctx context.Context, path, told string, probs *diag.List) {
	in, err := openFile(filepath.ToSlash(path), path)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: path}, Message: cause(err)})
		return
	}
	kind := kindOf(in, told, probs)
	if kind == nil {
		in.close()
		return
	}
	in.kind = kind.Name
	g.inputs = append(g.inputs, in)
	for i := range g.inputs[:len(g.inputs)-1] {
		before := &g.inputs[i]
		if before.kind != in.kind {
			continue
		}
		if filepath.Clean(before.name) == filepath.Clean(in.name) {
			probs.Errorf(diag.Usage, diag.Place{File: in.name}, "the file is named twice: each of its rows would stand twice")
			return
		}
		same, err := sameContent(ctx, before, &g.inputs[len(g.inputs)-1])
		if err != nil && ctx.Err() == nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: path}, "%v", err)
		}
		if same {
			probs.Errorf(diag.DuplicateID, diag.Place{File: in.name}, "%s and %s have the same content: every row would count twice", before.name, in.name)
			return
		}
	}
	file := datasets.File{Name: in.name, R: in.r, Size: in.size}
	if datasets.OpenInventory(kind, []datasets.File{file}, probs) != nil {
		g.files[kind] = append(g.files[kind], file)
	}
}

// validate checks the rows: ids and likenesses over all files of a kind. References to other kinds are looked at where a study brings the files together.
func (g *given) validate(ctx context.Context, look *inspector, probs *diag.List) {
	for _, kind := range datasets.Kinds() {
		files := g.files[kind]
		if files == nil || ctx.Err() != nil {
			continue
		}
		var told diag.List // of each file before
		inv := datasets.OpenInventory(kind, files, &told)
		if inv == nil {
			probs.Merge(&told)
			continue
		}
		tables, err := look.catalogues(g.files)
		if err == nil {
			err = look.inventory(ctx, inv, datasets.CheckOptions{}, tables)
		}
		if err != nil && ctx.Err() == nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: files[0].Name}, "%v", err)
		}
	}
}

// kindOf finds the kind of an inventory: as told, as its metadata says, or the one that knows most of its columns.
func kindOf(in input, told string, probs *diag.List) *datasets.Kind {
	return datasets.KindOf(datasets.File{Name: in.name, R: in.r, Size: in.size}, told, probs)
}
