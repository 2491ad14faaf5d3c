using System.Reflection;
using Google.Protobuf.Reflection;
using QatPipeline.Contracts.V1;
using QatPipeline.Contracts.V1.Grpc;

namespace QatPipeline.Contracts.Tests;

/// <summary>
/// What was published stays: every line of a golden file must still be true. Additions are allowed, and guarded from
/// the next run with QAT_UPDATE_GOLDEN=1 on; a changed or missing line breaks those who use version 1.
/// </summary>
public sealed class CompatibilityTests
{
    private static string Golden(string name) =>
        Path.Combine(TestData.RepositoryRoot, "tests", "Contracts.Tests", "Golden", name);

    [Fact]
    public void Messages_OfVersion1_StayAsTheyAre() => Check("messages-v1.txt", MessageTypes().SelectMany(Describe));

    [Fact]
    public void Services_OfVersion1_StayAsTheyAre() => Check("grpc-v1.txt", Files().SelectMany(Describe));

    private static void Check(string file, IEnumerable<string> lines)
    {
        var current = lines.Order(StringComparer.Ordinal).ToList();
        if (Environment.GetEnvironmentVariable("QAT_UPDATE_GOLDEN") is not null)
        {
            File.WriteAllLines(Golden(file), current);
        }

        var golden = File.ReadAllLines(Golden(file));
        Assert.Empty(golden.Except(current));
    }

    // What is reachable from the events, lists and maps included.
    private static HashSet<Type> MessageTypes()
    {
        var found = new HashSet<Type>();
        var pending = new Queue<Type>(typeof(PipelineRequested).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(PipelineRequested).Namespace && type is { IsInterface: false, IsAbstract: false }));
        while (pending.TryDequeue(out var type))
        {
            if (type.Assembly == typeof(PipelineRequested).Assembly && found.Add(type))
            {
                foreach (var property in type.GetProperties())
                {
                    pending.Enqueue(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
                    foreach (var argument in property.PropertyType.GetGenericArguments())
                    {
                        pending.Enqueue(argument);
                    }
                }
            }
        }

        return found;
    }

    private static IEnumerable<string> Describe(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(property => $"{type.FullName}.{property.Name}: {Name(property.PropertyType)}");

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    private static FileDescriptor[] Files() =>
        [DatasetLoadingReflection.Descriptor, GatewayReflection.Descriptor];

    private static IEnumerable<string> Describe(FileDescriptor file) =>
    [
        .. file.MessageTypes.SelectMany(message => message.Fields.InDeclarationOrder().Select(
            field => $"{message.FullName}.{field.Name} = {field.FieldNumber}: {TypeOf(field)}")),
        .. file.EnumTypes.SelectMany(type => type.Values.Select(value => $"{type.FullName}.{value.Name} = {value.Number}")),
        .. file.Services.SelectMany(service => service.Methods.Select(method =>
            $"{service.FullName}.{method.Name}: {(method.IsClientStreaming ? "stream " : "")}{method.InputType.FullName}"
            + $" -> {(method.IsServerStreaming ? "stream " : "")}{method.OutputType.FullName}")),
    ];

    private static string TypeOf(FieldDescriptor field) =>
        (field.IsMap ? "map " : field.IsRepeated ? "repeated " : "")
        + field.FieldType switch
        {
            FieldType.Message => field.IsMap ? "" : field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var simple => simple.ToString(),
        };
}
