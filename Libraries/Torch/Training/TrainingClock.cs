namespace QatPipeline.Torch.Training;

/// <summary>Measures the rate of training steps; what happens between them does not count.</summary>
internal sealed class TrainingClock(TimeProvider time)
{
    private TimeSpan _busy;
    private long _images;
    private long _steps;
    private long _start;

    /// <summary>Images of all steps so far by the seconds spent in them; 0 before the first.</summary>
    public double ImagesPerSecond => _busy > TimeSpan.Zero ? _images / _busy.TotalSeconds : 0;

    /// <summary>Begins a step.</summary>
    public void Start() => _start = time.GetTimestamp();

    /// <summary>Ends the step that <see cref="Start"/> began.</summary>
    /// <param name="images">Images the step worked on.</param>
    public void Stop(int images)
    {
        _busy += time.GetElapsedTime(_start);
        _images += images;
        _steps++;
    }

    /// <summary>Time for so many more steps at the mean pace so far; zero before the first step.</summary>
    public TimeSpan Remaining(long steps) => _steps == 0 ? TimeSpan.Zero : _busy / _steps * steps;
}
