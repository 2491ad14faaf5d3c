namespace QatPipeline.Quantization.Search;

/// <summary>One step of the search.</summary>
/// <param name="Question">What the step tried to find out.</param>
/// <param name="FloatLayers">Layers left float.</param>
/// <param name="Measurement">What came out.</param>
/// <param name="MeetsBudget">Whether accuracy and time keep to the budget.</param>
/// <param name="Conclusion">What follows from it.</param>
public sealed record SearchStep(
    string Question, IReadOnlyList<string> FloatLayers, SearchMeasurement Measurement, bool MeetsBudget, string Conclusion);

/// <summary>The choice and how it came about.</summary>
/// <param name="FloatLayers">Layers to leave float, in the order they were given.</param>
/// <param name="Measurement">What was measured of exactly this choice.</param>
/// <param name="MeetsBudget">False where no choice tried did; then this one comes nearest.</param>
/// <param name="Steps">Every measurement in order, with its reason.</param>
/// <param name="Explanation">The choice in one sentence.</param>
public sealed record SearchResult(
    IReadOnlyList<string> FloatLayers,
    SearchMeasurement Measurement,
    bool MeetsBudget,
    IReadOnlyList<SearchStep> Steps,
    string Explanation);
