package study

import "time"

// Performance is how much a run had to read and what it took.
type Performance struct {
	Rows       int64   // of the inventories of activities
	BytesRead  int64   // size of all inventories: each is digested as a whole
	Seconds    float64 // of the whole run
	PeakMemory int64   // most bytes that the process had in memory; 0 where the system does not tell
}

// performance is that of the run so far.
func (r *runState) performance() Performance {
	p := r.pace
	p.Seconds, p.PeakMemory = time.Since(r.started).Seconds(), peakMemory()
	return p
}

// scanStep is the step that reads the inventories of activities.
const scanStep = "scan and check"

// scanRate is how many rows a second were scanned.
func (r *runState) scanRate() float64 {
	for _, s := range r.steps {
		if s.Name == scanStep && s.Seconds > 0 {
			return float64(r.pace.Rows) / s.Seconds
		}
	}
	return 0
}

// toRead is what a run of the plan has to read.
func (p *plan) toRead() Performance {
	var out Performance
	for _, k := range p.kinds {
		out.Rows += k.inventory.TotalRows()
	}
	for _, in := range p.inputs {
		out.BytesRead += in.size
	}
	return out
}

// amountsMemory is how much of a run's memory the amounts of its scan may take. The rest is for readers, the program and garbage that is not
// collected yet.
func amountsMemory(memory int64) int { return int(memory / 5 * 2) }

// rowsMemory is how much of it the rows of one result table may take.
func rowsMemory(memory int64) int64 { return memory / 8 }
