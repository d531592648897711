package amounts

import (
	"runtime"
	"slices"
	"sync"
)

// expand makes cells of groups and visits them in order. Groups are taken in bundles by as many goroutines as there are processors, some ahead of the
// one whose turn it is: so many, and no more, that memory stays bounded.
func (t *Table) expand(groups func(yield func(g heldGroup) bool) error, visit func(g *Group) error) error {
	order, bundles := t.Space.order(), t.Space.Bundles.all()
	workers := runtime.GOMAXPROCS(0)
	var (
		work  = make(chan *bundleOfGroups)
		queue = make(chan *bundleOfGroups, 2*workers) // in the order of the groups
		stop  = make(chan struct{})
		wait  sync.WaitGroup
	)
	for range workers {
		wait.Go(func() {
			x := expander{bundles: bundles, order: &order}
			for b := range work {
				b.expand(&x)
				close(b.done)
			}
		})
	}
	var failed error
	wait.Go(func() {
		defer close(queue)
		defer close(work)
		next := &bundleOfGroups{done: make(chan struct{})}
		hand := func() bool {
			b := next
			next = &bundleOfGroups{done: make(chan struct{})}
			select {
			case queue <- b:
			case <-stop:
				return false
			}
			select {
			case work <- b:
			case <-stop:
				close(b.done)
				return false
			}
			return true
		}
		failed = groups(func(g heldGroup) bool {
			next.held = append(next.held, g)
			for _, b := range g.blocks {
				next.size += len(b.block.entries)
			}
			return next.size < bundleSize || hand()
		})
		if len(next.held) > 0 {
			hand()
		}
	})
	var err error
	for b := range queue {
		<-b.done
		for i := range b.groups {
			if err = visit(&b.groups[i]); err != nil {
				break
			}
		}
		if err == nil {
			err = b.err
		}
		if err != nil {
			break
		}
	}
	close(stop)
	wait.Wait()
	if err == nil {
		err = failed
	}
	return err
}

// bundleSize is how many sums a bundle of groups has, about.
const bundleSize = 4096

// bundleOfGroups is what a goroutine expands at a time.
type bundleOfGroups struct {
	held   []heldGroup
	size   int
	groups []Group
	err    error // of the group after those
	done   chan struct{}
}

func (b *bundleOfGroups) expand(x *expander) {
	for i := range b.held {
		from := len(b.groups)
		b.err = x.each(&b.held[i], func(g *Group) error {
			b.groups = append(b.groups, Group{Inventory: g.Inventory, Names: g.Names, Units: g.Units, Cells: slices.Clone(g.Cells)})
			return nil
		})
		if b.err == nil && b.held[i].portions != nil {
			b.err = x.portions(&b.held[i], b.groups[from:])
		}
		if b.err != nil {
			return
		}
	}
}
