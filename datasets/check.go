package datasets

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// CheckOptions say what a check may rely on. The zero value checks an inventory on its own.
type CheckOptions struct {
	Jobs int // workers of Inventory.Check; 0 for one a processor
	// Catalogue holds the ids of other kinds. A reference to a kind that it has must resolve; a reference to one that it lacks is not
	// looked at. A kind without inventory stands with an empty IDs.
	Catalogue map[string]*IDs
	// Leave says of each part whether it is left alone, as one that nobody uses a row of: its rows are not checked, but other rows may refer to them.
	// Nil: none is.
	Leave []bool
	// Overlaps has rows looked for that count something twice in a total, see Overlaps: they are errors.
	Overlaps bool
	// Suspect has these rows looked for, and those that are one thing under two names, that cover the same time, or that tell of a person. What it
	// finds beside are warnings, save for rows that enter totals and look like one.
	Suspect bool
	// Accept says of rows that they may count alike, with a reason.
	Accept []Acceptance
	// Enters says which rows enter a total, beyond what their own columns say. Nil: all of scope volume.
	Enters *Condition
	// Found, where it is not nil, is told what was looked at, and what is accepted.
	Found *Overlapping
	// Watch, with Inventory.Check, is asked for each part what to show its batches of the columns Watched to, those of faulty rows too: a function
	// of the goroutine that reads the part, called in the order of the rows, and at the end with nil. Nil: nobody watches.
	Watch   func(part int) func(*column.Batch)
	Watched []string
}

// Condition holds for some rows.
type Condition struct {
	Columns []string                                 // that it reads
	New     func() func(*column.Batch) column.Bitmap // for a part: tells of its batches, which have these columns, for which rows it holds; nil for all
}

// Acceptance says of rows of one kind, by their ids, that they are different things although they look alike or overlap.
type Acceptance struct {
	Rows   []string // with * for any text
	Reason string
	Used   *atomic.Bool // set where it was of use; may be nil
}

// Check reads every value once and adds to probs what the schema cannot tell: values that do not decode, required values that are
// missing, words and numbers out of bounds, ends before beginnings, ids that stand twice in any of the files, references that
// resolve to nothing. Problems and their order do not depend on the number of workers. Only a cancelled context is an error.
//
// Of parts that are left alone nothing is found. They are looked at only where a row of another part refers to an id that stands in no part that is
// checked: then their ids, and what each is a part of, are read to tell whether the reference resolves and whether it leads back to itself.
//
// Memory does not grow with the rows: beyond 2^21 distinct ids, duplicates and references within the kind are looked for in a part of
// the ids that their digests choose, and a warning says which part.
func (inv *Inventory) Check(ctx context.Context, opt CheckOptions, probs *diag.List) error {
	jobs := opt.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return inv.newChecking(opt, maxIDs).run(ctx, jobs, probs)
}

// run reads all parts.
func (c *Checking) run(ctx context.Context, jobs int, probs *diag.List) error {
	c.waits = true // parts are begun in order, so that somebody is at the one which is waited for
	stop := context.AfterFunc(ctx, c.wake)
	defer stop()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(jobs, len(c.waiting)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				part := int(next.Add(1) - 1)
				if part >= len(c.waiting) {
					return
				}
				if !c.left(part) {
					c.read(ctx, part)
				}
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := c.Finish(ctx, probs)
	return err
}

// Checking is a check of an inventory by whoever reads it for a purpose of their own, so that the files are read once. Its parts, save those
// that are left alone, are opened each once, in any order and from any goroutine; reading a part to its end checks all of its columns. What it finds is what
// Inventory.Check finds.
type Checking struct {
	inv    *Inventory
	opt    CheckOptions
	waits  bool        // goroutines that are too far ahead wait; else the checking is given up
	found  atomic.Bool // an error: no rows are handed on any more
	failed atomic.Bool // not every part was read to its end
	// Classes as merging left them, read by whoever gathers. A part's rows are merged in their order, after those of all parts before it, and
	// a class only rises: what is not covered now will not be covered when its turn comes. Merging would pass it over then, so it makes no
	// difference whether it is dropped before, and how soon a goroutine sees that a class has risen.
	ids, own, edges atomic.Uint32
	lines           atomic.Uint32
	twins, spans    atomic.Uint32
	spare           sync.Pool // of *gathered

	mu      sync.Mutex
	room    *sync.Cond // less is waiting, or the context has ended
	merging bool       // a goroutine is at it; links and probs are its
	next    int        // part that is being merged
	waiting []delivery // of each part
	held    int        // size of all that is waiting
	most    int        // bounds it
	links   *links
	probs   diag.List
}

// delivery is what a part has delivered and was not merged.
type delivery struct {
	gathered []*gathered
	done     *partCheck // nil until all of it is delivered
}

// NewChecking begins a check.
func (inv *Inventory) NewChecking(opt CheckOptions) *Checking { return inv.newChecking(opt, maxIDs) }

// newChecking begins a check that holds at most most ids.
func (inv *Inventory) newChecking(opt CheckOptions, most int) *Checking {
	c := &Checking{inv: inv, opt: opt, waiting: make([]delivery, len(inv.parts)), most: 4 * most, links: newLinks(inv, opt.Catalogue, most)}
	c.room = sync.NewCond(&c.mu)
	c.pass()
	return c
}

// read checks a part for its own sake.
func (c *Checking) read(ctx context.Context, part int) {
	watch := func(*column.Batch) {}
	if c.opt.Watch != nil {
		watch = c.opt.Watch(part)
	}
	defer watch(nil)
	r, err := c.open(ctx, part, c.opt.Watched)
	if err != nil {
		return // it is among the problems
	}
	defer r.Close()
	for {
		if more, err := r.Next(&r.asked); err != nil || !more {
			return
		}
		watch(&r.asked)
	}
}

// Finish adds all problems to probs and reports true, or reports false where not every part was read to its end: then only
// Inventory.Check finds all problems. It is called once all readers are closed. Only a cancelled context is an error.
func (c *Checking) Finish(ctx context.Context, probs *diag.List) (bool, error) {
	if c.failed.Load() || c.next < len(c.waiting) {
		return false, nil
	}
	if c.opt.Leave != nil && c.links.dangling() {
		if err := c.readLeft(ctx); err != nil {
			return false, err
		}
	}
	c.links.resolve(&c.probs)
	if err := c.suspicions(ctx); err != nil {
		return false, err
	}
	probs.Merge(&c.probs)
	return true, nil
}

// left reports whether a part is left alone.
func (c *Checking) left(part int) bool { return c.opt.Leave != nil && c.opt.Leave[part] }

// pass goes on to the next part that is not left alone.
func (c *Checking) pass() {
	for c.next < len(c.waiting) && c.left(c.next) {
		c.next++
	}
}

// deliver hands in what was gathered from a part, and with done its end. Whoever delivers what comes next merges all that follows it.
func (c *Checking) deliver(ctx context.Context, part int, g *gathered, done *partCheck) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed.Load() {
		return
	}
	w := &c.waiting[part]
	w.gathered, w.done = append(w.gathered, g), done
	c.held += g.size()
	if done != nil {
		c.held += done.size()
	}
	if !c.merging {
		c.merge()
	}
	for c.held > c.most && part >= c.next && ctx.Err() == nil && !c.failed.Load() {
		switch {
		case c.merging: // will come to an end
		case part == c.next:
			return
		case !c.waits: // nobody may be at the part that is missing
			c.fail()
			return
		}
		c.room.Wait()
	}
}

// merge sets what is next against all before it, until something is missing. The lock is held, save for while it works.
func (c *Checking) merge() {
	c.merging = true
	for c.next < len(c.waiting) {
		w := c.waiting[c.next]
		if len(w.gathered) == 0 {
			break
		}
		c.waiting[c.next] = delivery{}
		c.mu.Unlock()
		size := 0
		for _, g := range w.gathered {
			size += g.size()
			c.links.merge(g)
			c.release(g)
		}
		if w.done != nil {
			size += w.done.size()
			c.links.finish(w.done, &c.probs)
		}
		c.mu.Lock()
		c.held -= size
		if w.done != nil {
			c.next++
			c.pass()
		}
		c.narrow()
		c.room.Broadcast()
	}
	c.merging = false
	c.room.Broadcast()
}

// narrow tells the classes to whoever gathers, and drops what they do not cover any more of what is waiting.
func (c *Checking) narrow() {
	l := c.links
	c.twins.Store(uint32(l.alike.twins.class)) // of what waits nothing is dropped: merging passes it over
	c.spans.Store(uint32(l.alike.spans.class))
	if class(c.ids.Load()) == l.ids.class && class(c.own.Load()) == l.own.class && class(c.edges.Load()) == l.edges.class && class(c.lines.Load()) == l.lines.class {
		return
	}
	c.ids.Store(uint32(l.ids.class))
	c.own.Store(uint32(l.own.class))
	c.edges.Store(uint32(l.edges.class))
	c.lines.Store(uint32(l.lines.class))
	c.held = 0
	for _, w := range c.waiting {
		for _, g := range w.gathered {
			g.narrow(l)
			c.held += g.size()
		}
		if w.done != nil {
			c.held += w.done.size()
		}
	}
}

// fail gives the checking up and lets go of what waits. The lock is held.
func (c *Checking) fail() {
	c.failed.Store(true)
	clear(c.waiting)
	c.held = 0
	c.room.Broadcast()
}

// wake lets waiting goroutines look at their context.
func (c *Checking) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.room.Broadcast()
}
