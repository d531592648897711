package importers

import (
	"embed"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// boampsFiles are the schemas of BoAmps; their licence stands beside them.
//
//go:embed boamps/*.json
var boampsFiles embed.FS

// boampsURL is where the schemas refer to each other. Nothing is read from there: the embedded files answer.
const boampsURL = "https://raw.githubusercontent.com/Boavizta/BoAmps/main/model/"

// boampsSchema compiles the schema of a report, when it is first asked for: it takes milliseconds that no other command should pay.
var boampsSchema = sync.OnceValue(func() schema {
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	entries, err := boampsFiles.ReadDir("boamps")
	for _, e := range entries {
		f, openErr := boampsFiles.Open("boamps/" + e.Name())
		if openErr != nil {
			panic(openErr)
		}
		doc, readErr := jsonschema.UnmarshalJSON(f)
		err = errors.Join(err, readErr, c.AddResource(boampsURL+e.Name(), doc), f.Close())
	}
	s, compileErr := c.Compile(boampsURL + "report_schema.json")
	if err := errors.Join(err, compileErr); err != nil {
		panic(err) // the files are part of the program
	}
	return schema{s}
})

// noLoader reads no schema from anywhere.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not embedded, and nothing is loaded", url)
}

// schema is a JSON Schema that teaches.
type schema struct{ *jsonschema.Schema }

// check tells each part of a value that does not hold, by its path, with what the schema says of it.
func (s schema) check(v any, tell func(path []string, p diag.Problem)) {
	err := s.Validate(v)
	var wrong *jsonschema.ValidationError
	switch {
	case errors.As(err, &wrong):
		s.each(wrong, tell)
	case err != nil:
		tell(nil, diag.Problem{Code: diag.BadValue, Message: err.Error()})
	}
}

func (s schema) each(e *jsonschema.ValidationError, tell func(path []string, p diag.Problem)) {
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			s.each(cause, tell)
		}
		return
	}
	path := e.InstanceLocation
	what := strings.Join(path, ".")
	if what == "" {
		what = "the report"
	}
	p := diag.Problem{Code: diag.BadValue, Why: s.describes(path)}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			within := append(slices.Clone(path), name)
			tell(path, diag.Problem{Code: diag.MissingKey, Message: fmt.Sprintf("%s has no %s", what, name), Why: s.describes(within)})
		}
		return
	case *kind.Type:
		p.Code, p.Message = diag.BadType, fmt.Sprintf("%s is %s where %s is expected", what, jsonWord(k.Got), jsonWords(k.Want))
		if k.Got == "null" {
			p.Hint = "leave it out where it is not known"
		}
	case *kind.Enum:
		p.Message = fmt.Sprintf("%s is %s, which is none of its values", what, clipped(fmt.Sprintf("%#v", k.Got)))
		p.Hint = oneOf(fmt.Sprint(k.Got), k.Want)
	case *kind.Minimum:
		p.Code, p.Message = diag.OutOfRange, fmt.Sprintf("%s is %s; it cannot be below %s", what, decimal(k.Got), decimal(k.Want))
	case *kind.Maximum:
		p.Code, p.Message = diag.OutOfRange, fmt.Sprintf("%s is %s; it cannot be above %s", what, decimal(k.Got), decimal(k.Want))
	case *kind.MinItems:
		p.Message = fmt.Sprintf("%s has %d entries; it needs %d", what, k.Got, k.Want)
	default:
		p.Message = what + ": " + e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	}
	tell(path, p)
}

// jsonWords name types of JSON.
func jsonWords(types []string) string {
	var out []string
	for _, t := range types {
		out = append(out, jsonWord(t))
	}
	return strings.Join(out, " or ")
}

func jsonWord(t string) string {
	words := map[string]string{"string": "a text", "array": "a list", "object": "an object", "boolean": "true or false", "number": "a number", "integer": "a whole number", "null": "null"}
	if w, ok := words[t]; ok {
		return w
	}
	return t
}

// oneOf says which of some values may have been meant.
func oneOf(text string, values []any) string {
	var names []string
	for _, v := range values {
		if v != nil {
			names = append(names, fmt.Sprint(v))
		}
	}
	if near := diag.Nearest(text, names); near != "" {
		return "did you mean " + near + "?"
	}
	if len(names) > 20 {
		return ""
	}
	return "it is one of " + strings.Join(names, ", ")
}

func decimal(v *big.Rat) string {
	f, _ := v.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// at is the schema of a part; nil where it says nothing of it.
func (s schema) at(path []string) *jsonschema.Schema {
	now := s.Schema
	for _, step := range path {
		for now != nil && now.Ref != nil {
			now = now.Ref
		}
		if now == nil {
			return nil
		}
		if items, ok := now.Items.(*jsonschema.Schema); ok {
			now = items
			continue
		}
		now = now.Properties[step]
	}
	for now != nil && now.Ref != nil {
		now = now.Ref
	}
	return now
}

// describes is what the schema says of a part.
func (s schema) describes(path []string) string {
	if part := s.at(path); part != nil && part.Description != "" {
		return "the schema says: " + strings.TrimSpace(part.Description)
	}
	return ""
}
