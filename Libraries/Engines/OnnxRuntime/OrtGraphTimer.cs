using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets.OrtCpu;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>How <see cref="OrtGraphTimer"/> measures.</summary>
public sealed record OrtGraphTimerOptions
{
    /// <summary>Rounds at least.</summary>
    public int Rounds { get; init; } = 9;

    /// <summary>Rounds are added until they have lasted so long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>A turn repeats a short run until it has lasted so long: the clock and the wake-up of threads weigh less then.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromMilliseconds(2);
}

/// <summary>
/// Times networks in sessions of ONNX Runtime, optimized as engines are, without files. The threads of a session do not wait for its next
/// run on a processor, as they do in engines: for some 40 ms they would take it from the session whose turn it is.
/// </summary>
public sealed class OrtGraphTimer(OrtCpuOptions engine, OrtGraphTimerOptions? options = null) : IGraphTimer
{
    private readonly OrtGraphTimerOptions _options = options ?? new();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<double>>> MeasureAsync(
        IReadOnlyList<Graph> graphs, CancellationToken cancellationToken) =>
        await Task.Factory.StartNew(
            () => Measure(graphs, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);

    private List<double>[] Measure(IReadOnlyList<Graph> graphs, CancellationToken cancellationToken)
    {
        var sessions = new List<TimedSession>();
        try
        {
            sessions.AddRange(graphs.Select(graph => new TimedSession(EngineGraphOf(graph), engine)));
            foreach (var session in sessions)
            {
                session.Prepare(_options.Turn);
            }

            var samples = sessions.Select(_ => new List<double>()).ToArray();
            var start = Stopwatch.GetTimestamp();
            for (var round = 0; round < _options.Rounds || Stopwatch.GetElapsedTime(start) < _options.Duration; round++)
            {
                // Forth and back, so that nobody always follows the same one.
                foreach (var index in round % 2 == 0 ? Enumerable.Range(0, sessions.Count) : Enumerable.Range(0, sessions.Count).Reverse())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    samples[index].Add(sessions[index].TakeTurn());
                }
            }

            return samples;
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    private static Graph EngineGraphOf(Graph graph)
    {
        var copy = LayerWork.WithShapes(graph);
        OrtCpuEngineGraph.Rewrite(copy);
        return copy;
    }

    private sealed class TimedSession : IDisposable
    {
        private readonly SessionOptions _options;
        private readonly InferenceSession _session;
        private readonly RunOptions _runOptions = new();
        private readonly OrtValue _input;
        private readonly string[] _inputs, _outputs;
        private int _repetitions = 1;

        public TimedSession(Graph graph, OrtCpuOptions engine)
        {
            EngineChecks.RequireOneInput(graph.Name, [.. graph.Inputs.Select(input => input.Name)]);
            var shape = graph.Inputs[0].StaticShape
                ?? throw new EngineException($"The input of '{graph.Name}' has an open size: say which one it is to be timed at.");
            _options = OrtSessions.Options(engine, GraphOptimizationLevel.ORT_ENABLE_ALL);
            _options.AddSessionConfigEntry("session.force_spinning_stop", "1");
            try
            {
                _session = new InferenceSession(OnnxWriter.WriteBytes(graph), _options);
            }
            catch (OnnxRuntimeException exception)
            {
                _options.Dispose();
                throw new EngineException($"ONNX Runtime cannot load '{graph.Name}' to time it: {exception.Message}", exception);
            }

            var elements = shape.Aggregate(1L, (product, dimension) => product * dimension);
            _input = OrtValue.CreateTensorValueFromMemory(new float[elements], shape);
            _inputs = [graph.Inputs[0].Name];
            _outputs = [.. _session.OutputMetadata.Keys];
        }

        /// <summary>Runs until the session has settled, and finds how many runs make a turn.</summary>
        public void Prepare(TimeSpan turn)
        {
            Run();
            var start = Stopwatch.GetTimestamp();
            var runs = 0;
            while (runs == 0 || Stopwatch.GetElapsedTime(start) < 2 * turn)
            {
                Run();
                runs++;
            }

            _repetitions = Math.Max(1, (int)(runs * turn / Stopwatch.GetElapsedTime(start)));
        }

        /// <summary>Milliseconds of one run, after one that brings the session back into the caches.</summary>
        public double TakeTurn()
        {
            Run();
            var start = Stopwatch.GetTimestamp();
            for (var run = 0; run < _repetitions; run++)
            {
                Run();
            }

            return Stopwatch.GetElapsedTime(start).TotalMilliseconds / _repetitions;
        }

        public void Dispose()
        {
            _input.Dispose();
            _runOptions.Dispose();
            _session.Dispose();
            _options.Dispose();
        }

        private void Run()
        {
            using var results = _session.Run(_runOptions, _inputs, [_input], _outputs);
        }
    }
}
