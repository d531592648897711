package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/ai-impact-observatory/ailca/lca/study"
)

// options are what the settings and the command line mean to package study. The caller calls done once, before it prints anything.
func (a *app) options(ctx context.Context) (o study.Options, done func()) {
	p := a.progress(ctx)
	jobs := a.settings.Jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	o = study.Options{Out: a.settings.Out, Jobs: jobs, Memory: a.limitMemory(), Log: a.logger(p), Command: os.Args}
	if p.bars != nil {
		o.Progress = p.show
	}
	return o, p.stop
}

// logger writes records to a writer at the log level of the settings, without their times: these are in timings.json.
func (a *app) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(a.settings.LogLevel)) != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, attr slog.Attr) slog.Attr {
			if len(groups) == 0 && attr.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attr
		},
	}))
}

// progress is a bar on standard error where that is a terminal and nobody asked for quiet, else nothing. What is written to it
// appears above the bar.
type progress struct {
	stderr io.Writer
	bars   *mpb.Progress // nil: no bar

	mu   sync.Mutex
	bar  *mpb.Bar // made by the first call of show
	over bool
}

func (a *app) progress(ctx context.Context) *progress {
	p := &progress{stderr: a.stderr}
	if !a.quiet() && a.onTerminal() {
		p.bars = mpb.NewWithContext(ctx, mpb.WithOutput(a.stderr), mpb.WithWidth(40))
	}
	return p
}

// show is told how many rows are done of how many. It may be called from several goroutines, a smaller count after a larger one too.
func (p *progress) show(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	if p.bar == nil {
		bar, err := p.bars.Add(total, mpb.BarStyle().Build(),
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.CountersNoUnit("%d of %d rows ")),
			mpb.AppendDecorators(decor.Percentage(), decor.AverageSpeed(0, "  %.0f rows/s"), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO), decor.Name(" left")))
		if err != nil {
			return // the run was cancelled
		}
		p.bar = bar
	}
	p.bar.SetTotal(total, false)
	if done > p.bar.Current() {
		p.bar.SetCurrent(done)
	}
}

func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars != nil && !p.over {
		if n, err := p.bars.Write(text); err == nil {
			return n, nil
		} // else the run was cancelled and the bar is gone
	}
	return p.stderr.Write(text)
}

// stop takes the bar away. It may be called twice.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars == nil || p.over {
		return
	}
	p.over = true
	if p.bar != nil {
		p.bar.Abort(true)
	}
	p.bars.Shutdown()
}
