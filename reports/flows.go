package reports

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// flowCutOff is the share of a total below which what a kind comes to at a stage is drawn together with other such parts.
const flowCutOff = 0.01

// FlowFigure shows where the study's total of a perspective flows, from kinds of activity by stages of the life cycle, in the first category that is assessed and under the first accounting. What is
// below the cut-off is drawn as one, so that nothing is lost on the way. Nil where there is one
// kind, of which the figure of stages says the same, where fewer than two flows are above it, or where the ledger's parts do not come to the total.
func (p *page) FlowFigure(perspective string) (*figure, error) {
	parts, _ := p.grades()
	parts = slices.DeleteFunc(parts, func(g *graded) bool { return g.perspective != perspective })
	var cat lca.Category
	for _, c := range p.categories {
		if slices.ContainsFunc(parts, func(g *graded) bool { return g.category == c.Name }) {
			cat = c
			break
		}
	}
	parts = slices.DeleteFunc(parts, func(g *graded) bool { return g.category != cat.Name })
	if len(parts) == 0 {
		return nil, nil
	}
	accounting := p.accountings()[0]
	total, err := p.total(p.Year, perspective, accounting.Name, cat.Name)
	if err != nil || total == nil {
		return nil, err
	}
	s := p.sankey(parts, *total)
	if s == nil {
		return nil, nil
	}
	sc := p.Text.scale(cat.Unit, *total)
	t := &table{Caption: p.Text.say("flows_table", cat.Title, strconv.Itoa(p.Year), lower(p.Text.titleOf(p.words.Perspectives, perspective)), lower(accounting.Title)),
		Columns: []column{{Text: p.Text.column("from"), Raw: "from"}, {Text: p.Text.column("to"), Raw: "to"}, {Text: p.Text.column("value"), Unit: sc.Name, Raw: "value [" + cat.Unit + "]", RawUnit: cat.Unit, Number: true},
			{Text: p.Text.column("share"), Raw: "share", Number: true}}}
	var clauses []string
	add := func(from, to string, v float64, within *between) string {
		value := figureCell(sc, cat.Unit, &v, within)
		if within == nil {
			value = p.rounded(sc, v, p.Year, perspective, accounting.Name, cat).cell()
		}
		text := number{Text: value.Text, Unit: sc.Name}.String()
		if v != 0 && v < float64(sc.Factor/100) { // in a unit of its own, for the total's is too large
			text = p.rounded(p.Text.scale(cat.Unit, v), v, p.Year, perspective, accounting.Name, cat).String()
			if within == nil {
				value.Text = text
			}
		}
		value.Full = ""
		t.Rows = append(t.Rows, []cell{plain(from), plain(to), value, p.Text.partOf(v / *total)})
		clauses = append(clauses, from+" → "+to+" "+text)
		return text
	}
	for _, f := range s.Flows {
		add(s.From[f.From].Title, s.To[f.To].Title, f.Value, nil)
	}
	for i := range s.To {
		n := &s.To[i]
		value := add(n.Title, cat.Title, n.Value, p.partInterval(p.Year, perspective, accounting.Name, cat.Name, "stage", n.name))
		n.Text = value + ", " + p.Text.percent(n.Value / *total)
	}
	whole := add(p.Text.column("total"), "", *total, p.totalInterval(p.Year, perspective, accounting.Name, cat.Name))
	t.Rows[len(t.Rows)-1][1] = blank("")
	s.Title, s.Text = cat.Title, whole
	largest := slices.MaxFunc(s.Flows, func(a, b flowing) int { return int(min(max(a.Value-b.Value, -1), 1)) })
	for _, f := range s.Flows { // the first of those as large
		if f.Value > largest.Value {
			largest = f
		}
	}
	fields := map[string]string{"Share": p.Text.percent(largest.Value / *total), "Category": lower(cat.Title), "Year": strconv.Itoa(p.Year), "Kind": lower(s.From[largest.From].Title), "Stage": lower(s.To[largest.To].Title)}
	f, err := p.figure("flows", "flows-"+slug(perspective), p.about(perspective), fields, s, p.Text.told(clauses), t)
	if err == nil {
		f.Models = p.Text.models([]lca.Category{cat})
	}
	return f, err
}

// sankey lays out parts of a total; nil where there is nothing to see, or where they do not come to it.
func (p *page) sankey(parts []*graded, total float64) *sankey {
	s := &sankey{in: p.Text, Total: total}
	var all balanced
	above := 0
	for _, g := range parts {
		if all.add(g.all); g.all >= flowCutOff*total {
			above++
		}
	}
	if one := !slices.ContainsFunc(parts, func(g *graded) bool { return g.kind != parts[0].kind }); one || !(total > 0) || above < 2 || !near(all.value(), total) {
		return nil
	}
	place := func(nodes *[]node, name, title string, style int) int {
		at := slices.IndexFunc(*nodes, func(n node) bool { return n.name == name })
		if at < 0 {
			at = len(*nodes)
			*nodes = append(*nodes, node{name: name, Title: title, Style: style})
		}
		return at
	}
	var stages []string
	for _, g := range parts {
		if g.all >= flowCutOff*total && !slices.Contains(stages, g.stage) {
			stages = append(stages, g.stage)
		}
	}
	seen := map[string]bool{}
	for _, name := range stages {
		seen[name] = true
	}
	stages = ordered(lca.Names(p.words.Stages), seen)
	for i, key := range p.stageSeries(stages) {
		place(&s.To, stages[i], key.Title, key.Style)
	}
	for _, g := range parts {
		from := place(&s.From, g.kind, upper(p.Text.noun(g.kind).Many), 0)
		to := slices.Index(stages, g.stage)
		if g.all < flowCutOff*total {
			to = place(&s.To, "", p.Text.say("below_cut_off", p.Text.tickText(100*flowCutOff)+p.Text.Numbers.Percent), -1)
		}
		s.From[from].Value += g.all
		s.To[to].Value += g.all
		if at := slices.IndexFunc(s.Flows, func(f flowing) bool { return f.From == from && f.To == to }); at >= 0 {
			s.Flows[at].Value += g.all
		} else {
			s.Flows = append(s.Flows, flowing{from, to, g.all})
		}
	}
	return s
}

// near reports whether two sums of the same parts, each rounded on its own, are the same.
func near(a, b float64) bool { return max(a-b, b-a) <= 1e-9*max(a, b, -a, -b) }

// sankey is a figure of what flows from some nodes by others to a total. The widths of all bands are on one scale, and what leaves a node is what enters it.
type sankey struct {
	From, To    []node
	Flows       []flowing
	Total       float64
	Title, Text string // of the total

	in *wording
}

type node struct {
	name, Title, Text string
	Value             float64
	Style             int // of all figures' styles; below 0: of several things
}

type flowing struct {
	From, To int
	Value    float64
}

func (s *sankey) svg(id string, width float64, title, desc string) template.HTML {
	return draw(s.in, id, width, title, desc, func(c *canvas) float64 {
		const bar, gap, all = 12.0, 38.0, 200.0
		x := [3]float64{0, 296, width - bar}
		if width < 500 {
			x[1] = 136
		}
		top := 66.0
		scale := func(v float64) float64 { return float64(v / s.Total * all) }
		height := func(n int) float64 { return all + float64(gap*float64(n-1)) }
		deep := max(height(len(s.From)), height(len(s.To)))
		c.write(0, 14, headLook, c.in.column("kind"))
		c.write(x[1], 14, headLook, c.in.column("stage"))
		first, second := fold(s.Title, float64((width-x[1])/2))
		for i, line := range []string{first, second, s.Text} {
			look := headEndLook
			if i == 2 {
				look = valueEndLook
			}
			if line != "" {
				c.write(width, 14+float64(15*float64(i))-map[bool]float64{true: 15}[i == 2 && second == ""], look, line)
			}
		}
		// where each node begins, and where the next band leaves or enters it
		stack := func(nodes []node) (begin []float64) {
			y := top + float64((deep-height(len(nodes)))/2)
			for _, n := range nodes {
				begin = append(begin, y)
				y += scale(n.Value) + gap
			}
			return begin
		}
		from, to := stack(s.From), stack(s.To)
		out, in := slices.Clone(from), slices.Clone(to)
		end := top + float64((deep-all)/2)
		look := func(i int, thin bool) string {
			kind := "soft"
			if i >= 0 {
				fill, _ := style(i)
				kind = "f" + strconv.Itoa(fill)
			}
			if thin {
				kind += " thin"
			}
			return `class="` + kind + `"`
		}
		band := func(style int, x0, y0, x1, y1, w float64) {
			half := num(float64((x0 + x1) / 2))
			c.areas.add(look(style, true), "M"+num(x0)+","+num(y0)+"C"+half+","+num(y0)+" "+half+","+num(y1)+" "+num(x1)+","+num(y1)+"v"+num(w)+"C"+half+","+num(y1+w)+" "+half+","+num(y0+w)+" "+num(x0)+","+num(y0+w)+"z")
		}
		for i, n := range s.To {
			for _, f := range s.Flows {
				if f.To != i {
					continue
				}
				w := max(scale(f.Value), 1)
				band(n.Style, x[0]+bar, out[f.From], x[1], in[i], w)
				out[f.From] += scale(f.Value)
				in[i] += scale(f.Value)
			}
			w := max(scale(n.Value), 1)
			band(n.Style, x[1]+bar, to[i], x[2], end, w)
			end += scale(n.Value)
			c.rect(x[1], to[i], bar, max(scale(n.Value), 1), look(n.Style, false))
			left, middle := x[1]+bar+8, to[i]+float64(scale(n.Value)/2)+4
			if scale(n.Value) < 36 { // above the band
				left, middle = x[1], to[i]-13
				if i > 0 && i == len(s.To)-1 { // or below the last one
					middle = to[i] + scale(n.Value) + 19
				}
			}
			c.write(left, middle-6, "", clip(n.Title, width-left, 13))
			c.write(left, middle+9, valueLook, n.Text)
		}
		for i, n := range s.From {
			c.rect(x[0], from[i], bar, max(scale(n.Value), 1), softLook)
			c.label(x[0]+bar+8, from[i]+float64(scale(n.Value)/2), x[1]-bar-10, "", n.Title)
		}
		c.rect(x[2], top+float64((deep-all)/2), bar, all, softLook)
		return top + deep + 32
	})
}
