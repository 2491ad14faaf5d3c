using System.Text.Json;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Tests.Specification;

public sealed class DocumentationTests
{
    [Fact]
    public void Documentation_NamesEveryKey()
    {
        var text = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "run-specification.md"));

        var missing = KeysOf(typeof(RunSpecification)).Where(key => !text.Contains($"`{key}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static IEnumerable<string> KeysOf(Type type) => type.GetProperties().SelectMany(property =>
    {
        var element = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
        var nested = element.Namespace == type.Namespace ? KeysOf(element) : [];
        return nested.Prepend(JsonNamingPolicy.CamelCase.ConvertName(property.Name));
    });
}
