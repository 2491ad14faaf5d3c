namespace QatPipeline.Torch.Distillation;

/// <summary>Measures the rate of training steps; what happens between them does not count.</summary>
public sealed class TrainingClock(TimeProvider time)
{
    private TimeSpan _busy;
    private long _images;
    private long _steps;
    private long _start;

    public double ImagesPerSecond => _busy > TimeSpan.Zero ? _images / _busy.TotalSeconds : 0;

    public void Start() => _start = time.GetTimestamp();

    public void Stop(int images)
    {
        _busy += time.GetElapsedTime(_start);
        _images += images;
        _steps++;
    }

    public TimeSpan Remaining(long steps) => _steps == 0 ? TimeSpan.Zero : _busy / _steps * steps;
}
