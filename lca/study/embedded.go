package study

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

//go:embed observatory-2025.yaml
var openStudy []byte

// embeddedStudy is the file name under which problems of the embedded study are reported.
const embeddedStudy = "observatory-2025.yaml"

// EmbeddedEdition is the study of the open edition, whose inventories are part of the program.
func EmbeddedEdition(probs *diag.List) *Study {
	before := probs.Count(diag.Error)
	s := parse(embeddedStudy, openStudy, probs)
	files, err := datasets.OpenEdition()
	if err != nil {
		probs.Errorf(diag.BadParquet, diag.Place{File: embeddedStudy}, "%v", err)
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	s.isOpen = true
	s.open = func(_ context.Context, name string) (input, error) {
		content, ok := files[base(name)]
		if !ok {
			return input{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return openBytes(name, content)
	}
	return s
}

// Init writes a study folder to start from: study.yaml, named after the folder, and the open edition as Parquet files. A folder that holds anything is left alone.
func Init(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		var probs diag.List
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: dir}, Message: "the folder is not empty", Hint: "name a new folder"})
		return probs.Err()
	}
	files, err := datasets.OpenEdition()
	if err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	// The folder appears once it is complete.
	temp, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*.partial")
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	defer os.RemoveAll(temp)
	for _, kind := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(temp, kind+".parquet"), files[kind], 0o666); err != nil {
			return fmt.Errorf("init: %w", err)
		}
	}
	text := openStudy
	if name := filepath.Base(filepath.Clean(dir)); nameForm.MatchString(name) {
		text = bytes.Replace(text, []byte("study: observatory-2025"), []byte("study: "+name), 1)
	}
	if err := os.WriteFile(filepath.Join(temp, "study.yaml"), text, 0o666); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder
		return fmt.Errorf("init: %w", err)
	}
	if err := os.Rename(temp, dir); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	return nil
}
