package document

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Decode fills *into from a node. It understands string, bool, int, float64, *float64, []T, *Node (left as it is), map[string]T
// and structs; a struct's field is named by its `doc:"name"` tag, `doc:"name,required"` refuses its absence, and `doc:"-"` is left
// alone. A struct with a field `At *Node` tagged `doc:"@"` receives the node that it was read from. A key without a field is an
// error. All problems go to probs; that a comma cut a number is told already.
func Decode(n *Node, into any, probs *diag.List) {
	decode(n, reflect.ValueOf(into).Elem(), "", probs)
}

var nodeType = reflect.TypeOf((*Node)(nil))

// decode fills v; key is how a number with a unit behind it would be written: "value: 3, unit: a" where the map has both, else empty.
func decode(n *Node, v reflect.Value, key string, probs *diag.List) {
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(n))
		return
	}
	wrong := func(want string) {
		got := n.Kind.String()
		if n.Kind == Scalar {
			got = strconv.Quote(n.Text)
		}
		p := n.Problem(diag.BadType, "expected %s, found %s", want, got)
		if v.CanInt() || v.CanFloat() {
			p.Hint = numberHint(n, key)
		}
		if !n.Cut {
			probs.Add(p)
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		decode(n, v.Elem(), key, probs)
	case reflect.String:
		if n.Kind != Scalar {
			wrong("a text")
			return
		}
		v.SetString(strings.TrimRight(n.Text, "\n"))
	case reflect.Bool:
		switch {
		case n.Kind == Scalar && n.Text == "true":
			v.SetBool(true)
		case n.Kind == Scalar && n.Text == "false":
			v.SetBool(false)
		default:
			wrong("true or false")
		}
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Text, 10, 64)
		if n.Kind != Scalar || err != nil {
			wrong("a whole number")
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Text, 64)
		if n.Kind != Scalar || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			wrong("a number")
			return
		}
		v.SetFloat(f)
	case reflect.Slice:
		if n.Kind == Null {
			return
		}
		if n.Kind != List {
			wrong("a list")
			return
		}
		out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
		for i, item := range n.Items {
			decode(item, out.Index(i), "", probs)
		}
		v.Set(out)
	case reflect.Map:
		if n.Kind == Null {
			return
		}
		if n.Kind != Map {
			wrong("a map")
			return
		}
		out := reflect.MakeMapWithSize(v.Type(), len(n.Fields))
		for _, f := range n.Fields {
			value := reflect.New(v.Type().Elem()).Elem()
			decode(f.Value, value, "", probs)
			out.SetMapIndex(reflect.ValueOf(f.Key), value)
		}
		v.Set(out)
	case reflect.Struct:
		decodeStruct(n, v, probs)
	default:
		panic(fmt.Sprintf("document: no decoding into %s", v.Type()))
	}
}

func decodeStruct(n *Node, v reflect.Value, probs *diag.List) {
	t := v.Type()
	fields := map[string]int{}
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("doc"), ",")
		switch name {
		case "", "-":
		case "@":
			v.Field(i).Set(reflect.ValueOf(n))
		default:
			fields[name] = i
			names = append(names, name)
		}
	}
	if n.Kind != Map {
		probs.Add(n.Problem(diag.BadType, "expected a map with %s, found %s", strings.Join(names, ", "), n.Kind))
		return
	}
	for _, f := range n.Fields {
		i, ok := fields[f.Key]
		if !ok {
			p := n.ProblemAt(f.Place, diag.UnknownKey, "unknown key %q", f.Key)
			if near := diag.Nearest(f.Key, names); near != "" {
				p.Hint = fmt.Sprintf("did you mean %s?", near)
			} else {
				p.Hint = "known here: " + strings.Join(names, ", ")
			}
			probs.Add(p)
			continue
		}
		key := ""
		if _, ok := fields["unit"]; ok {
			key = f.Key
		}
		decode(f.Value, v.Field(i), key, probs)
	}
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("doc"), ",")
		if option == "required" && n.Get(name) == nil {
			probs.Add(n.Problem(diag.MissingKey, "the key %q is missing", name))
		}
	}
}
