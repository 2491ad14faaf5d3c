using QatPipeline.Quantization.Search;

namespace QatPipeline.Quantization.Tests.Search;

/// <summary>The search over made networks whose accuracy and time are known sums over their layers.</summary>
public sealed class PartialQuantizationSearchTests
{
    private const double FloatAccuracy = 0.40;

    [Fact]
    public async Task NothingStaysFloat_WhereEverythingQuantizedMeetsTheBudget()
    {
        var result = await RunAsync(Layers(20), leastAccuracy: 0.1);

        Assert.Empty(result.FloatLayers);
        Assert.Single(result.Steps);
        Assert.True(result.MeetsBudget);
    }

    [Fact]
    public async Task OneBadLayer_IsFoundWithFewMeasurements()
    {
        var layers = Layers(60);
        layers[37] = layers[37] with { Loss = 0.05, Sensitivity = 9 };

        var result = await RunAsync(layers, leastAccuracy: 0.39);

        Assert.Equal(["layer37"], result.FloatLayers);
        Assert.True(result.Steps.Count <= 12, $"{result.Steps.Count} measurements");
    }

    [Fact]
    public async Task MisleadingSensitivity_IsCorrectedByMeasuring()
    {
        // The two bad layers rank 5th and 9th of 30; bisection alone would keep nine layers float.
        var layers = Layers(30);
        foreach (var index in Enumerable.Range(0, 9))
        {
            layers[index] = layers[index] with { Sensitivity = 20 - index };
        }

        layers[4] = layers[4] with { Loss = 0.03 };
        layers[8] = layers[8] with { Loss = 0.03 };

        var result = await RunAsync(layers, leastAccuracy: 0.39);

        Assert.Equal(["layer4", "layer8"], result.FloatLayers);
    }

    [Fact]
    public async Task SlowClass_IsLeftFloatAsAWhole_WhereTimeIsShort()
    {
        // Quantized depthwise layers cost accuracy and, for the conversions around them, time; the others gain a lot.
        var layers = Layers(30);
        foreach (var index in Enumerable.Range(0, 30).Where(index => index % 3 == 0))
        {
            layers[index] = layers[index] with { Class = "depthwise", Loss = 0.01, Sensitivity = 1, Gain = -0.3 };
        }

        var result = await RunAsync(layers, leastAccuracy: 0.39, longestMilliseconds: 9);

        Assert.True(result.MeetsBudget);
        Assert.Equal(layers.Where(layer => layer.Class == "depthwise").Select(layer => layer.Name).Order(), result.FloatLayers.Order());
        Assert.Contains(result.Steps, step => step.Question.Contains("depthwise", StringComparison.Ordinal) && step.MeetsBudget);
    }

    [Fact]
    public async Task SpeedPreferred_TakesTheFastestChoiceOfThoseThatMeetTheBudget()
    {
        // Everything float but one layer is fastest, and everything quantized misses the budget.
        SearchLayer[] layers = [.. Enumerable.Range(0, 4).Select(index => new SearchLayer($"layer{index}", "Conv", 4 - index))];
        static Task<SearchMeasurement> Measure(IReadOnlySet<string> floatLayers, CancellationToken cancellationToken) => Task.FromResult(
            new SearchMeasurement(floatLayers.Contains("layer0") ? 0.5 : 0.1, 10 - floatLayers.Count));

        async Task<SearchResult> SearchAsync(bool prefersSpeed) => await new PartialQuantizationSearch(
            layers, new SearchBudget(0.4, PrefersSpeed: prefersSpeed), Measure, 12).RunAsync(TestContext.Current.CancellationToken);

        var fewest = await SearchAsync(prefersSpeed: false);
        var fastest = await SearchAsync(prefersSpeed: true);

        Assert.Equal(["layer0"], fewest.FloatLayers);
        Assert.True(fastest.MeetsBudget);
        Assert.Equal(fastest.Steps.Where(step => step.MeetsBudget).Min(step => step.Measurement.Milliseconds), fastest.Measurement.Milliseconds);
        Assert.True(fastest.Measurement.Milliseconds < fewest.Measurement.Milliseconds);
        Assert.Contains("the fastest among", fastest.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImpossibleBudget_GivesTheNearestChoice_AndSaysSo()
    {
        var result = await RunAsync(Layers(10), leastAccuracy: 0.9);

        Assert.False(result.MeetsBudget);
        Assert.Equal(9, result.FloatLayers.Count);
        Assert.All(result.Steps, step => Assert.True(step.FloatLayers.Count < 10, "leaving every layer float is the float network"));
        Assert.Contains("no choice", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measurements_StayWithinTheirNumber_AndAreNeverRepeated()
    {
        var result = await RunAsync(Layers(50), leastAccuracy: 0.399, mostMeasurements: 7);

        Assert.Equal(7, result.Steps.Count);
        Assert.Equal(7, result.Steps.Select(step => string.Join(',', step.FloatLayers)).Distinct().Count());
        Assert.Contains("all that were allowed", result.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RandomNetworks_GetAMinimalChoice(int seed)
    {
        var random = new Random(seed);
        var layers = Layers(24).Select(layer =>
        {
            var loss = random.NextDouble() < 0.3 ? random.NextDouble() * 0.02 : 0.0001;
            return layer with { Loss = loss, Sensitivity = loss * (0.5 + random.NextDouble()) };
        }).ToList();

        var result = await RunAsync(layers, leastAccuracy: 0.385, mostMeasurements: 500);

        Assert.True(result.MeetsBudget);
        Assert.All(result.FloatLayers, name =>
            Assert.True(Measure(layers, result.FloatLayers.Except([name]).ToHashSet()).Accuracy < 0.385, $"{name} need not stay float"));
    }

    [Fact]
    public void TwoLayersOfOneName_AreRefused() => Assert.Throws<ArgumentException>(() => new PartialQuantizationSearch(
        [new("a", "conv", 1), new("a", "conv", 2)], new SearchBudget(0), (_, _) => throw new InvalidOperationException(), 1));

    private static List<Layer> Layers(int count) =>
        [.. Enumerable
            .Range(0, count)
            .Select(index => new Layer($"layer{index}", index % 2 == 0 ? "conv" : "pointwise", 0.01, 0.00005, 0.2))];

    private static SearchMeasurement Measure(IReadOnlyList<Layer> layers, IReadOnlySet<string> floatLayers)
    {
        var quantized = layers.Where(layer => !floatLayers.Contains(layer.Name)).ToArray();
        return new(FloatAccuracy - quantized.Sum(layer => layer.Loss), 12 - quantized.Sum(layer => layer.Gain));
    }

    private static Task<SearchResult> RunAsync(
        IReadOnlyList<Layer> layers, double leastAccuracy, double? longestMilliseconds = null, int mostMeasurements = 60) =>
        new PartialQuantizationSearch(
            [.. layers.Select(layer => new SearchLayer(layer.Name, layer.Class, layer.Sensitivity))],
            new SearchBudget(leastAccuracy, longestMilliseconds),
            (floatLayers, _) => Task.FromResult(Measure(layers, floatLayers)),
            mostMeasurements).RunAsync(TestContext.Current.CancellationToken);

    private sealed record Layer(string Name, string Class, double Sensitivity, double Loss, double Gain);
}
